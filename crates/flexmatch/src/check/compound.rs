//! The rules that compound statements combine.

use crate::code;
use crate::model::rule::{Rule, RuleStatement, RuleType};
use crate::path::{Path, Segment};
use crate::report::Report;
use crate::shape::{Draft, Item};
use crate::suggest;

pub(crate) fn check(draft: &Draft, report: &mut Report<'_>) {
    for rule in &draft.rules {
        let RuleStatement::Compound(compound) = &rule.value.statement else {
            continue;
        };
        let path = rule.path.key("statement");
        if !compound.statement.is_binary() {
            report
                .warning(
                    &path,
                    code::UNDOCUMENTED,
                    "an operator has more than the two operands that are documented",
                )
                .hint("Nest operators: `and(A, and(B, C))`.");
        }
        for name in compound.statement.rules() {
            check_operand(name, rule, &path, draft, report);
        }
    }
}

fn check_operand(
    name: &str,
    rule: &Item<Rule>,
    path: &Path,
    draft: &Draft,
    report: &mut Report<'_>,
) {
    let declared = &draft.declared.rules;
    let position = position(&rule.path);
    let Some((index, _, rule_type)) = declared.iter().find(|(_, declared, _)| declared == name)
    else {
        let known = declared
            .iter()
            .filter(|(index, ..)| *index < position)
            .map(|(_, name, _)| name.as_str());
        let message = format!("the statement names rule `{name}`, which doesn't exist");
        report.error(path, code::COMPOUND_OPERAND, message).hint = suggest::hint(name, known);
        return;
    };
    if *index >= position {
        report
            .error(
                path,
                code::COMPOUND_OPERAND,
                format!("the statement names rule `{name}`, which comes later"),
            )
            .hint("Move the compound rule behind every rule that it names.");
        return;
    }
    match rule_type {
        Some(RuleType::BatchDistance) => {
            let message = format!(
                "the statement names rule `{name}`, and a `batchDistance` rule can't be combined"
            );
            report
                .error(path, code::COMPOUND_OPERAND, message)
                .hint("Express it as a `distance` rule between `max(...)` and `min(...)`.");
        }
        Some(rule_type) if !rule_type.is_documented_operand() => {
            let message = format!(
                "the statement names rule `{name}`: combining a `{rule_type}` rule isn't documented"
            );
            report.warning(path, code::UNDOCUMENTED, message);
        }
        Some(_) | None => {}
    }
}

fn position(path: &Path) -> usize {
    match path.segments().last() {
        Some(Segment::Index(index)) => *index,
        Some(Segment::Key(_)) | None => 0,
    }
}
