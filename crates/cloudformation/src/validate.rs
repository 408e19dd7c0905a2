//! What is wrong with a template, as far as that can be told without AWS.
//!
//! Comes in: a template. Goes out: every finding, in a fixed order. Types that have no schema here are checked for
//! their references only. Where a value depends on parameters or functions, doubt is resolved in the template's favour.

mod alternatives;
mod bounds;
mod conditional;
mod cycle;
mod finding;
mod function;
mod path;
mod properties;
mod references;
mod sections;
mod substitution;
mod suggestion;

use std::collections::BTreeSet;

use crate::schema::{self, resource_type};
use crate::template::{Resource, Template};

pub use finding::{Finding, FindingKind};
pub(crate) use path::Path;

/// What to validate for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidateOptions {
    /// The Region that the stack goes to, for types that don't exist everywhere.
    pub region: Option<String>,
}

/// Finds what is wrong: sections and limits first, then resources by id, then references.
#[must_use]
pub fn validate(template: &Template, options: &ValidateOptions) -> Vec<Finding> {
    let mut findings = Vec::new();
    sections::check(template, &mut findings);
    let root = Path::root("Resources");
    for (id, resource) in &template.resources {
        check_resource(template, resource, options, root.key(id), &mut findings);
    }
    references::check(template, &mut findings);
    without_repetition(findings)
}

/// Several parts of a schema may say the same; what they allow may differ, so that the first one stays.
fn without_repetition(findings: Vec<Finding>) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut is_new = |finding: &Finding| {
        let message = if finding.kind == FindingKind::NotAllowed {
            String::new()
        } else {
            finding.message.clone()
        };
        seen.insert((finding.kind, finding.path.clone(), message))
    };
    findings
        .into_iter()
        .filter(|finding| is_new(finding))
        .collect()
}

fn check_resource(
    template: &Template,
    resource: &Resource,
    options: &ValidateOptions,
    path: Path<'_>,
    findings: &mut Vec<Finding>,
) {
    let kind = resource.kind.as_str();
    if let Some(region) = &options.region
        && schema::is_available(kind, region) == Some(false)
    {
        findings.push(Finding::new(
            FindingKind::Region,
            path.key("Type"),
            format!("`{kind}` does not exist in {region}"),
        ));
    }
    if let Some(schema) = resource_type(kind) {
        properties::Checker::new(template, schema, findings).resource(resource, path);
    }
}
