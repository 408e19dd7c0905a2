//! How much of CloudFormation's limits a template takes, before it takes too much: that is an error of validation.

use cloudformation::Template;
use facts::{Headroom, QuotaName, Use};

use crate::{Finding, Options, codes};

/// What a template takes of each limit.
#[must_use]
pub fn of(template: &Template, options: &Options) -> Vec<(&'static str, Headroom)> {
    let counts = [
        (
            "Resources",
            QuotaName::TemplateResources,
            template.resources.len(),
        ),
        (
            "Parameters",
            QuotaName::TemplateParameters,
            template.parameters.len(),
        ),
        (
            "Outputs",
            QuotaName::TemplateOutputs,
            template.outputs.len(),
        ),
        (
            "Mappings",
            QuotaName::TemplateMappings,
            template.mappings.len(),
        ),
        (
            "",
            QuotaName::TemplateBytes,
            template.to_json_compact().len(),
        ),
    ];
    let headroom = |name, count: usize| Headroom {
        quota: options.facts.quota(name),
        count: count as u64,
    };
    counts
        .into_iter()
        .map(|(path, name, count)| (path, headroom(name, count)))
        .collect()
}

pub(crate) fn check(template: &Template, options: &Options, findings: &mut Vec<Finding>) {
    for (path, headroom) in of(template, options) {
        if headroom.judge() == Use::Tight {
            let message = format!("close to the limit: {}", headroom.words());
            findings.push(
                Finding::warning(codes::HEADROOM, path, message)
                    .hint("move a part of it into a stack of its own"),
            );
        }
    }
}
