//! The teams and attributes that expressions name.

use crate::code;
use crate::model::expression::{Expression, Selection, TeamSelector};
use crate::model::rule::ReferenceValue;
use crate::path::Path;
use crate::report::Report;
use crate::shape::Draft;
use crate::suggest;

pub(crate) fn check(draft: &Draft, report: &mut Report<'_>) {
    for rule in &draft.rules {
        let statement = &rule.value.statement;
        let measurements = rule.path.key("measurements");
        for (index, expression) in statement.measurements().iter().enumerate() {
            check_one(expression, &measurements.index(index), draft, report);
        }
        if let Some(ReferenceValue::Expression(expression)) = statement.reference_value() {
            check_one(expression, &rule.path.key("referenceValue"), draft, report);
        }
    }
}

fn check_one(expression: &Expression, path: &Path, draft: &Draft, report: &mut Report<'_>) {
    let property = expression.path();
    if let TeamSelector::Named(names) = &property.teams {
        for name in names.iter().filter(|name| !is_team(name, draft)) {
            let message = format!("`{expression}` names team `{name}`, which doesn't exist");
            let known = draft.declared.teams.iter().map(String::as_str).chain(["*"]);
            report.error(path, code::UNKNOWN_TEAM, message).hint = suggest::hint(name, known);
        }
    }
    if let Selection::Attribute(name) = &property.selection
        && !draft.declared.attributes.contains_key(name)
    {
        let message = format!("`{expression}` names attribute `{name}`, which isn't declared");
        let known = draft.declared.attributes.keys().map(String::as_str);
        report.error(path, code::UNKNOWN_ATTRIBUTE, message).hint = suggest::hint(name, known);
    }
}

/// Whether a name is an entry of `teams`, or one of the teams that an entry with a quantity stands for.
fn is_team(name: &str, draft: &Draft) -> bool {
    let is_instance = |team: &crate::Team| {
        let number = name
            .strip_prefix(&team.name)
            .and_then(|rest| rest.strip_prefix('_'));
        number
            .and_then(|number| number.parse().ok())
            .is_some_and(|number: u32| (1..=team.quantity).contains(&number))
    };
    draft.declared.teams.iter().any(|team| team == name)
        || draft
            .teams
            .iter()
            .any(|team| team.value.quantity > 1 && is_instance(&team.value))
}
