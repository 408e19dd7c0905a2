//! Checks of CloudFormation templates, whoever wrote them.
//!
//! In: a template with the text it was read from. Out: findings with code and path. Never: AWS, files. Doubt is resolved
//! in the template's favour: what a parameter, a function or a macro decides is not judged.
//!
//! | module | what it finds |
//! |---|---|
//! | [`gamelift`] | what GameLift refuses, and what it accepts and then can't do: fleets, queues, matchmaking, rule sets |
//! | [`headroom`] | how much of CloudFormation's limits is taken |
//! | [`codes`] | what each code means |

pub mod codes;
mod finding;
pub mod gamelift;
pub mod headroom;
mod literal;

use cloudformation::{Template, ValidateOptions};
use facts::Facts;

pub use finding::{Finding, Severity};

/// What a template is checked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The Region that it is for, if that is known.
    pub region: Option<String>,
    /// What AWS offers where.
    pub facts: Facts,
}

/// Finds everything: CloudFormation's rules first, then limits, then GameLift's rules.
#[must_use]
pub fn check(template: &Template, options: &Options) -> Vec<Finding> {
    let validate = ValidateOptions {
        region: options.region.clone(),
    };
    let mut findings: Vec<Finding> = cloudformation::validate(template, &validate)
        .into_iter()
        .map(Finding::from)
        .collect();
    headroom::check(template, options, &mut findings);
    gamelift::check(template, options, &mut findings);
    findings
}
