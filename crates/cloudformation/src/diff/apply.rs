//! Makes the new template of the old one and what differs.

use serde_json::{Map, Value as Json, json};

use super::entries::is_declaration;
use super::{After, EntryChange, Section, TemplateDiff};
use crate::ParseError;
use crate::template::Template;

/// Applies a difference to the template that it was made from. The result is the other template, but for spellings that
/// CloudFormation treats alike.
///
/// # Errors
/// When an entry of a difference that wasn't made by [`compare`](super::compare) can't stand in a template.
pub fn apply(old: &Template, diff: &TemplateDiff) -> Result<Template, ParseError> {
    let mut new = old.clone();
    for (id, change) in &diff.resources {
        match &change.after {
            Some(resource) => drop(new.resources.insert(id.clone(), resource.clone())),
            None => drop(new.resources.remove(id)),
        }
    }
    for entry in &diff.entries {
        let value = match &entry.after {
            After::Value(value) => Some(value.clone()),
            After::Gone | After::Later(_) => None,
        };
        apply_entry(&mut new, entry, value)?;
    }
    Ok(new)
}

fn apply_entry(
    template: &mut Template,
    entry: &EntryChange,
    value: Option<Json>,
) -> Result<(), ParseError> {
    let name = entry.name.clone();
    let entries = match entry.section {
        // A value that is given to a template isn't part of it.
        Section::ParameterValue => return Ok(()),
        Section::Template => {
            header(template, &name, value);
            return Ok(());
        }
        Section::Parameter => {
            template.parameters.remove(&name);
            if let Some(value) = value {
                let parsed = part("Parameters", &name, &value)?;
                template.parameters.extend(parsed.parameters);
            }
            return Ok(());
        }
        Section::Output => {
            template.outputs.remove(&name);
            if let Some(value) = value {
                let is_whole = is_declaration(&value);
                let output = if is_whole {
                    value
                } else {
                    json!({ "Value": value })
                };
                template
                    .outputs
                    .extend(part("Outputs", &name, &output)?.outputs);
            }
            return Ok(());
        }
        Section::Condition => &mut template.conditions,
        Section::Mapping => &mut template.mappings,
        Section::Rule => &mut template.rules,
    };
    match value {
        Some(value) => drop(entries.insert(name, value)),
        None => drop(entries.remove(&name)),
    }
    Ok(())
}

/// A template of nothing but one entry.
fn part(section: &str, name: &str, value: &Json) -> Result<Template, ParseError> {
    Template::parse(&json!({ "Resources": {}, section: { name: value } }).to_string())
}

fn header(template: &mut Template, name: &str, value: Option<Json>) {
    match name {
        "Description" => {
            template.description = value.and_then(|text| text.as_str().map(str::to_owned));
        }
        "Metadata" => {
            let object = |value: Json| match value {
                Json::Object(object) => object,
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                    Map::new()
                }
            };
            template.metadata = value.map(object).unwrap_or_default();
        }
        _ => template.transform = value,
    }
}
