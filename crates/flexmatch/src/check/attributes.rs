//! The attributes that rules name, and the declared ones that nothing names.

use std::collections::BTreeSet;

use crate::code;
use crate::model::attribute::AttributeType;
use crate::model::expression::{Expression, Selection};
use crate::model::rule::{BatchDistance, ReferenceValue, Rule, RuleStatement, Sort};
use crate::report::Report;
use crate::shape::{Draft, Item};
use crate::suggest;

pub(crate) fn check(draft: &Draft, report: &mut Report<'_>) {
    for rule in &draft.rules {
        match &rule.value.statement {
            RuleStatement::BatchDistance(batch) => check_batch(rule, batch, draft, report),
            RuleStatement::AbsoluteSort(sort) | RuleStatement::DistanceSort(sort) => {
                check_sort(rule, sort, draft, report);
            }
            RuleStatement::Comparison(_)
            | RuleStatement::Distance(_)
            | RuleStatement::Collection(_)
            | RuleStatement::Latency(_)
            | RuleStatement::Compound(_) => {}
        }
    }
    warn_of_unused(draft, report);
}

// Only a warning: the documentation's own snippet for this rule type comes without a declaration.
fn check_batch(rule: &Item<Rule>, batch: &BatchDistance, draft: &Draft, report: &mut Report<'_>) {
    let name = &batch.batch_attribute;
    let path = rule.path.key("batchAttribute");
    match (draft.declared.attributes.get(name), batch.max_distance) {
        (None, _) => {
            let known = draft.declared.attributes.keys().map(String::as_str);
            let message = format!("batch attribute `{name}` isn't declared in `playerAttributes`");
            report.warning(&path, code::UNDOCUMENTED, message).hint = suggest::hint(name, known);
        }
        (Some(Some(AttributeType::String)), Some(_)) => {
            report.warning(
                &rule.path.key("maxDistance"),
                code::NO_EFFECT,
                format!("attribute `{name}` is a string, for which all tickets must agree whatever the distance"),
            );
        }
        (Some(Some(AttributeType::Number)), None) => {
            report
                .warning(
                    &rule.path,
                    code::ALWAYS_TRUE,
                    format!("number attribute `{name}` has no `maxDistance`"),
                )
                .hint("Give `maxDistance`, the largest difference within one match.");
        }
        (Some(Some(AttributeType::StringList | AttributeType::StringNumberMap)), _) => {
            let message = format!("batch attribute `{name}` is neither a number nor a string");
            report.warning(&path, code::UNDOCUMENTED, message);
        }
        (Some(Some(AttributeType::Number)), Some(_))
        | (Some(Some(AttributeType::String)), None)
        | (Some(None), _) => {}
    }
}

fn check_sort(rule: &Item<Rule>, sort: &Sort, draft: &Draft, report: &mut Report<'_>) {
    let name = &sort.attribute;
    match draft.declared.attributes.get(name) {
        None => {
            let known = draft.declared.attributes.keys().map(String::as_str);
            let message = format!("sorts by attribute `{name}`, which isn't declared");
            report
                .error(
                    &rule.path.key("sortAttribute"),
                    code::UNKNOWN_ATTRIBUTE,
                    message,
                )
                .hint = suggest::hint(name, known);
        }
        Some(Some(AttributeType::Number | AttributeType::String | AttributeType::StringList))
            if sort.map_key.is_some() =>
        {
            let message = format!("`mapKey` has no effect: attribute `{name}` isn't a map");
            report.warning(&rule.path.key("mapKey"), code::NO_EFFECT, message);
        }
        Some(_) => {}
    }
}

fn warn_of_unused(draft: &Draft, report: &mut Report<'_>) {
    let all_rules_read = draft.rules.len() == draft.declared.rules.len();
    if !all_rules_read {
        return;
    }
    let used = used(draft);
    for attribute in draft
        .attributes
        .iter()
        .filter(|attribute| !used.contains(attribute.value.name.as_str()))
    {
        report
            .warning(
                &attribute.path,
                code::UNUSED_ATTRIBUTE,
                format!("attribute `{}` is used by no rule and no algorithm setting", attribute.value.name),
            )
            .hint("Keep it if the game server reads it from the matchmaker data; remove it otherwise.");
    }
}

fn used(draft: &Draft) -> BTreeSet<&str> {
    let algorithm = &draft.algorithm.value;
    let by_algorithm = algorithm
        .sort_by_attributes
        .iter()
        .chain(&algorithm.balanced_attribute)
        .map(String::as_str);
    by_algorithm
        .chain(
            draft
                .rules
                .iter()
                .flat_map(|rule| used_by(&rule.value.statement)),
        )
        .collect()
}

fn used_by(statement: &RuleStatement) -> Vec<&str> {
    match statement {
        RuleStatement::BatchDistance(batch) => vec![&batch.batch_attribute],
        RuleStatement::AbsoluteSort(sort) | RuleStatement::DistanceSort(sort) => {
            vec![&sort.attribute]
        }
        RuleStatement::Comparison(_)
        | RuleStatement::Distance(_)
        | RuleStatement::Collection(_)
        | RuleStatement::Latency(_)
        | RuleStatement::Compound(_) => {
            let reference = match statement.reference_value() {
                Some(ReferenceValue::Expression(expression)) => Some(expression),
                Some(
                    ReferenceValue::Number(_)
                    | ReferenceValue::Text(_)
                    | ReferenceValue::TextList(_),
                )
                | None => None,
            };
            statement
                .measurements()
                .iter()
                .chain(reference)
                .filter_map(attribute_of)
                .collect()
        }
    }
}

fn attribute_of(expression: &Expression) -> Option<&str> {
    match &expression.path().selection {
        Selection::Attribute(name) => Some(name),
        Selection::Teams | Selection::Players | Selection::PlayerIds => None,
    }
}
