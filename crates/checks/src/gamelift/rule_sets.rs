//! Bodies of rule sets inside templates. The only file that knows the rule-set checker.

use serde_json::Value as Json;

use super::{Part, Scope};
use crate::{Finding, Severity, literal};

pub(super) fn check(scope: &mut Scope<'_>) {
    for rule_set in scope.parts("MatchmakingRuleSet") {
        let Some(text) = body(&rule_set) else {
            continue;
        };
        // AWS's own samples deploy bodies with comments, and a template of somebody else isn't written anew without them.
        let problems = flexmatch::parse(text).problems.into_iter();
        for problem in problems.filter(|problem| problem.code != flexmatch::code::COMMENT) {
            scope.push(Finding {
                code: problem.code,
                severity: match problem.severity {
                    flexmatch::Severity::Error => Severity::Error,
                    flexmatch::Severity::Warning => Severity::Warning,
                },
                path: rule_set.path("RuleSetBody"),
                message: format!(
                    "{} (line {}, column {} of the rule set)",
                    problem.message, problem.line, problem.column
                ),
                hint: problem.hint,
            });
        }
    }
}

/// The text of a rule set, when no function decides over it.
fn body<'run>(rule_set: &Part<'run>) -> Option<&'run str> {
    let value = rule_set.get("RuleSetBody")?;
    match literal::function(value) {
        Some(("Fn::Sub", Json::String(text))) if !text.contains("${") => Some(text),
        Some(_) => None,
        None => value.as_str().filter(|text| !text.contains("{{resolve:")),
    }
}

/// The rule set as JSON, when it can be read.
pub(super) fn rules(rule_set: &Part<'_>) -> Option<Json> {
    flexmatch::parse(body(rule_set)?).canonical
}

/// The longest wait of any expansion step with its target, seconds.
pub(super) fn last_step(rules: &Json) -> Option<(f64, String)> {
    let expansions = literal::list(rules.get("expansions"))?;
    let steps = expansions.iter().flat_map(|expansion| {
        let target = literal::text(expansion.get("target")).unwrap_or_default();
        let steps = literal::list(expansion.get("steps")).unwrap_or_default();
        steps.iter().filter_map(move |step| {
            Some((
                literal::number(step.get("waitTimeSeconds"))?,
                target.to_owned(),
            ))
        })
    });
    steps.max_by(|a, b| a.0.total_cmp(&b.0))
}

/// The loosest latency that the rules come to, milliseconds; none when they don't limit it.
pub(super) fn loosest_latency(rules: &Json) -> Option<f64> {
    let expansions = literal::list(rules.get("expansions")).unwrap_or_default();
    let latency = literal::list(rules.get("rules"))?
        .iter()
        .filter(|rule| literal::text(rule.get("type")) == Some("latency"));
    let loosest = latency.filter_map(|rule| {
        let name = literal::text(rule.get("name")).unwrap_or_default();
        let target = format!("rules[{name}].maxLatency");
        let steps = expansions
            .iter()
            .filter(|expansion| literal::text(expansion.get("target")) == Some(&target))
            .flat_map(|expansion| literal::list(expansion.get("steps")).unwrap_or_default())
            .filter_map(|step| literal::number(step.get("value")));
        steps
            .chain(literal::number(rule.get("maxLatency")))
            .reduce(f64::max)
    });
    // Every rule must hold, so the strictest one decides.
    loosest.reduce(f64::min)
}
