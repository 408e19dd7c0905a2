//! The attributes that the algorithm names.

use crate::code;
use crate::model::algorithm::Strategy;
use crate::model::attribute::AttributeType;
use crate::report::Report;
use crate::shape::Draft;
use crate::suggest;

pub(crate) fn check(draft: &Draft, report: &mut Report<'_>) {
    let algorithm = &draft.algorithm;
    let known = || draft.declared.attributes.keys().map(String::as_str);
    let sort_path = algorithm.path.key("sortByAttributes");
    for (index, name) in algorithm.value.sort_by_attributes.iter().enumerate() {
        if !draft.declared.attributes.contains_key(name) {
            let message = format!("sorts by attribute `{name}`, which isn't declared");
            report
                .error(&sort_path.index(index), code::UNKNOWN_ATTRIBUTE, message)
                .hint = suggest::hint(name, known());
        }
    }
    if algorithm.value.strategy == Strategy::Balanced {
        check_balanced(draft, report);
    }
}

fn check_balanced(draft: &Draft, report: &mut Report<'_>) {
    let path = draft.algorithm.path.key("balancedAttribute");
    let Some(name) = &draft.algorithm.value.balanced_attribute else {
        report
            .error(
                &path,
                code::BALANCED_WITHOUT_NUMBER,
                "strategy `balanced` needs a `balancedAttribute`",
            )
            .hint("Name a declared attribute of type `number`, such as a skill rating.");
        return;
    };
    match draft.declared.attributes.get(name) {
        // A type that couldn't be read was reported where it stands.
        Some(Some(AttributeType::Number) | None) => {}
        Some(Some(other)) => {
            let message =
                format!("balanced attribute `{name}` is a `{other}`, it must be a `number`");
            report.error(&path, code::BALANCED_WITHOUT_NUMBER, message);
        }
        None => {
            let message =
                format!("balanced attribute `{name}` isn't declared in `playerAttributes`");
            let known = draft.declared.attributes.keys().map(String::as_str);
            report
                .error(&path, code::BALANCED_WITHOUT_NUMBER, message)
                .hint = suggest::hint(name, known);
        }
    }
}
