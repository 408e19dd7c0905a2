//! AWS's own rules for CloudFormation templates. The only place that knows `cloudformation-validate`.
//!
//! In: templates as text, JSON or YAML. Out: what AWS's rules say about each, with AWS's rule ids. Never: files, AWS.

use cloudformation_validate::{
    CompositeEngine, CompositeEngineConfig, DetailLevel, Diagnostic, PseudoParameterOverrides,
    ReportStatus, SchemaValidator, Severity, ValidateConfig, validate_bytes_with_path,
};
use serde::{Deserialize, Serialize};

/// The rule of findings about the validation itself: it has none of its own.
const INCOMPLETE: &str = "incomplete";

/// What is asked: every template against all rules.
#[derive(Clone, Debug, Deserialize)]
pub struct Question {
    /// The templates.
    pub templates: Vec<Template>,
}

/// A template.
#[derive(Clone, Debug, Deserialize)]
pub struct Template {
    /// Its text.
    pub text: String,
    /// The Region that it is meant for, if that is known.
    pub region: Option<String>,
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// AWS's name of the rule, like `E3002`.
    pub rule: String,
    /// Whether it can be deployed all the same.
    pub severity: Weight,
    /// Where in the template, like `Resources/Events/Properties`.
    pub path: String,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Column, from 1.
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// It can't be deployed.
    Error,
    /// It can.
    Warning,
}

/// The rules can't be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot apply AWS's rules: {0}")]
pub struct EngineError(String);

/// Answers a question: what was found in each template, in the order of the templates.
///
/// # Errors
/// When the engine or a validation fails by itself; whatever is wrong with a template is a finding.
pub fn answer(question: &Question) -> Result<Vec<Vec<Finding>>, EngineError> {
    let engine = CompositeEngine::new(CompositeEngineConfig::default())
        .map_err(|error| EngineError(error.to_string()))?;
    let schemas = SchemaValidator::default();
    let check = |template: &Template| {
        let report = validate_bytes_with_path(
            &engine,
            &schemas,
            template.text.as_bytes(),
            config(template.region.clone()),
            String::new(),
        )
        .map_err(|error| EngineError(error.to_string()))?;
        let mut found: Vec<_> = report.diagnostics.iter().map(finding).collect();
        if found.is_empty() && report.status != ReportStatus::Ok {
            found.push(incomplete());
        }
        Ok(found)
    };
    question.templates.iter().map(check).collect()
}

fn config(region: Option<String>) -> ValidateConfig {
    ValidateConfig {
        severity_level: Severity::Warn,
        detail_level: DetailLevel::Standard,
        pseudo_parameter_overrides: PseudoParameterOverrides {
            region,
            ..PseudoParameterOverrides::default()
        },
        ..ValidateConfig::default()
    }
}

fn finding(diagnostic: &Diagnostic) -> Finding {
    let entity = diagnostic.entity.as_ref().map(|entity| {
        let section = entity.entity_type.section().name();
        format!("{section}/{}", entity.logical_id)
    });
    let property = diagnostic.property_path.as_ref();
    let property = property.map(|path| path.replace('.', "/"));
    let parts: Vec<String> = entity.into_iter().chain(property).collect();
    Finding {
        rule: diagnostic.rule_id.clone(),
        severity: match diagnostic.severity {
            Severity::Fatal | Severity::Error => Weight::Error,
            Severity::Warn | Severity::Info | Severity::Debug => Weight::Warning,
        },
        path: parts.join("/"),
        line: diagnostic.location.map(|span| span.start_line),
        column: diagnostic.location.map(|span| span.start_column),
        message: diagnostic.message.clone(),
        hint: diagnostic.suggested_fix.clone(),
    }
}

/// Silence would read as a template without fault.
fn incomplete() -> Finding {
    Finding {
        rule: INCOMPLETE.to_owned(),
        severity: Weight::Warning,
        path: String::new(),
        line: None,
        column: None,
        message: "AWS's rules gave up before they had looked at all of this template".to_owned(),
        hint: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, region: Option<&str>) -> Vec<String> {
        let question = Question {
            templates: vec![Template {
                text: text.to_owned(),
                region: region.map(str::to_owned),
            }],
        };
        let answer = answer(&question).expect("an answer");
        assert_eq!(answer.len(), 1);
        let shown = answer[0].iter().map(|found| {
            let place = found.line.map_or_else(String::new, |line| line.to_string());
            format!("{} {:?} {place} {}", found.rule, found.severity, found.path)
        });
        shown.collect()
    }

    #[test]
    fn template_without_fault_is_silent() {
        let text = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n";
        assert_eq!(found(text, Some("eu-west-1")), [""; 0]);
    }

    #[test]
    fn fault_has_rule_line_and_path() {
        let text = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopikName: a\n";
        assert_eq!(
            found(text, None),
            ["F3002 Error 5 Resources/Topic/Properties/TopikName"]
        );
        let text = "{\"Resources\": {}, \"Outputs\": {\"O\": {\"Value\": {\"Ref\": \"Nix\"}}}}";
        let found = found(text, None);
        assert!(
            found.contains(&"F6101 Error 1 Outputs/O/Value/Ref".to_owned()),
            "{found:?}"
        );
    }

    #[test]
    fn text_that_is_no_template_is_a_finding_and_no_failure() {
        for text in ["Resources: [", "", "\u{0}", "- a"] {
            assert!(!found(text, None).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn answers_stand_in_the_order_of_the_templates() {
        let template = |text: &str| Template {
            text: text.to_owned(),
            region: None,
        };
        let good = template("Resources:\n  T:\n    Type: AWS::SNS::Topic\n");
        let question = Question {
            templates: vec![template("Resources: ["), good],
        };
        let answer = answer(&question).expect("an answer");
        assert_eq!((answer[0].len(), answer[1].len()), (1, 0));
    }
}
