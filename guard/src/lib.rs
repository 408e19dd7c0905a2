//! Policies over CloudFormation templates, in the language of cfn-guard. The only place that knows that crate; AWS's own
//! rules, a cargo feature, have the module `aws`.
//!
//! In: a template as JSON, files of rules. Out: every rule that doesn't hold, with the place in the template. Never: files,
//! AWS. The language: <https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html>

#[cfg(feature = "aws-validate")]
pub mod aws;
mod engine;
mod report;
mod serve;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use serve::serve;

/// What is asked: every template against every file of rules.
#[derive(Clone, Debug, Deserialize)]
pub struct Question {
    /// Templates as JSON text.
    pub templates: Vec<String>,
    /// Files of rules.
    pub rules: Vec<RuleFile>,
}

/// A file of rules.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RuleFile {
    /// Its name, for messages.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// A rule that doesn't hold somewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Violation {
    /// The rule's name.
    pub rule: String,
    /// Where in the template, like `Resources/Events/Properties`.
    pub path: String,
    /// What the rule says about it, or else what was expected.
    pub message: String,
}

/// Rules that can't be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot apply the policies of `{file}`: {reason}")]
pub struct PolicyError {
    /// The file of rules.
    pub file: String,
    /// Why not, in the words of cfn-guard.
    pub reason: String,
}

/// Answers a question: for each template what doesn't hold, in the order of the templates.
///
/// # Errors
/// When a file of rules can't be read or applied.
pub fn answer(question: &Question) -> Result<Vec<Vec<Violation>>, PolicyError> {
    let all = question.templates.iter().map(|template| {
        let found = question.rules.iter().map(|rules| check(template, rules));
        Ok(found.collect::<Result<Vec<_>, _>>()?.concat())
    });
    all.collect()
}

/// Applies one file of rules to a template, as JSON text.
///
/// # Errors
/// When the rules can't be read or applied.
pub fn check(template: &str, rules: &RuleFile) -> Result<Vec<Violation>, PolicyError> {
    let failed = |reason: String| PolicyError {
        file: rules.name.clone(),
        reason: reason.trim().to_owned(),
    };
    let report = engine::report(template, &rules.text).map_err(failed)?;
    let unique: BTreeSet<Violation> = report::violations(&report).into_iter().collect();
    Ok(unique.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGS: &str = r#"{"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 5}},
        "More": {"Type": "AWS::Logs::LogGroup", "Properties": {}}}}"#;

    fn applied(text: &str) -> Result<Vec<String>, PolicyError> {
        let rules = RuleFile {
            name: "own.guard".to_owned(),
            text: text.to_owned(),
        };
        let found = check(LOGS, &rules)?;
        Ok(found
            .into_iter()
            .map(|found| format!("{} {}: {}", found.rule, found.path, found.message))
            .collect())
    }

    #[test]
    fn rule_that_does_not_hold_is_found_where_it_does_not() {
        let rule = "rule logs_expire_soon {\n Resources.*[ Type == 'AWS::Logs::LogGroup' ].Properties {\n RetentionInDays exists <<say how long>>\n RetentionInDays <= 3 <<three days at most>>\n }\n}";
        assert_eq!(
            applied(rule).expect("rules"),
            [
                "logs_expire_soon Resources/Logs/Properties/RetentionInDays: three days at most",
                "logs_expire_soon Resources/More/Properties: say how long",
                "logs_expire_soon Resources/More/Properties: three days at most",
            ]
        );
    }

    #[test]
    fn rule_without_words_says_what_was_expected() {
        let found = applied("rule r { Resources.Logs.Properties.RetentionInDays == 7 }");
        let found = found.expect("rules");
        assert!(
            found[0].contains("not equal to value") && !found[0].contains("[L:"),
            "{found:?}"
        );
    }

    #[test]
    fn rule_that_holds_or_does_not_apply_is_silent() {
        assert_eq!(applied("rule r { Resources.Logs exists }"), Ok(Vec::new()));
        assert_eq!(
            applied(
                "let q = Resources.*[ Type == 'AWS::SQS::Queue' ]\nrule r when %q !empty { %q.Properties exists }"
            ),
            Ok(Vec::new())
        );
        assert_eq!(applied(""), Ok(Vec::new()));
    }

    #[test]
    fn every_violation_is_told_however_many_there_are() {
        let groups: Vec<_> = (0..60)
            .map(|number| {
                format!(r#""Logs{number}": {{"Type": "AWS::Logs::LogGroup", "Properties": {{}}}}"#)
            })
            .collect();
        let template = format!(r#"{{"Resources": {{{}}}}}"#, groups.join(","));
        let rules = RuleFile {
            name: "own.guard".to_owned(),
            text: "rule r { Resources.*.Properties.RetentionInDays exists <<say how long>> }"
                .to_owned(),
        };
        let found = check(&template, &rules).expect("rules");
        assert_eq!(found.len(), 60);
    }

    #[test]
    fn broken_rules_are_an_error_with_their_file() {
        let error = applied("rule r { ").expect_err("unfinished");
        assert_eq!(error.file, "own.guard");
        assert!(!error.reason.is_empty());
    }
}
