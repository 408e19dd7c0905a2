//! Template text, JSON or YAML, read into a [`Template`].
//!
//! Comes in: text. Goes out: the template and where each part of it stands in the text. YAML short forms become long
//! forms, so that everything behind this module knows one spelling. Text that says something twice, or something a
//! template has no place for, is an error rather than a loss.

mod error;
pub(crate) mod expand;
mod json;
mod position;
mod shape;
mod yaml;
mod yaml_scalar;

use serde_json::Value as Json;

use crate::template::Template;

pub use error::{ParseError, ParseProblem};
pub use position::{Position, Positions};

/// A template as read from text.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceTemplate {
    /// The template.
    pub template: Template,
    /// Where its parts stand.
    pub positions: Positions,
}

/// Reads a template with the positions of its parts.
///
/// # Errors
/// When the text is neither JSON nor YAML, names a key twice, or isn't shaped like a template.
pub fn parse(text: &str) -> Result<SourceTemplate, ParseError> {
    let (root, mut positions) = document(text)?;
    let (root, loops) = expand::expand(sorted(root), Some(&mut positions));
    let template = shape::template(root, loops).map_err(|error| error.at(&positions))?;
    Ok(SourceTemplate {
        template,
        positions,
    })
}

/// Reads any JSON or YAML document of CloudFormation, such as a stack policy, with short forms turned into long forms.
///
/// # Errors
/// When the text is neither JSON nor YAML, or names a key twice.
pub fn parse_document(text: &str) -> Result<Json, ParseError> {
    match_format(text, json::value, |text| {
        yaml::parse(text).map(|(root, _)| root)
    })
}

fn document(text: &str) -> Result<(Json, Positions), ParseError> {
    match_format(text, json::parse, yaml::parse)
}

/// The same order of keys whatever features `serde_json` is built with.
fn sorted(mut root: Json) -> Json {
    root.sort_all_objects();
    root
}

fn match_format<T>(text: &str, json: fn(&str) -> T, yaml: fn(&str) -> T) -> T {
    // A byte-order mark is what some editors on Windows put in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        json(text)
    } else {
        yaml(text)
    }
}

impl Template {
    /// Reads a template from JSON or YAML.
    ///
    /// # Errors
    /// When the text is neither JSON nor YAML, names a key twice, or isn't shaped like a template.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let root = match_format(text, json::value, |text| {
            yaml::parse(text).map(|(root, _)| root)
        })?;
        let (root, loops) = expand::expand(sorted(root), None);
        // Positions take longer than all the rest, and are needed only to say what is wrong.
        shape::template(root, loops).or_else(|_| parse(text).map(|source| source.template))
    }
}
