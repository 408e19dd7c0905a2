//! The words that all views share.

use std::collections::BTreeSet;

use crate::model::{
    Certainty, EffectLevel, Headroom, Method, PropertyReview, ResourceAction, ResourceReview,
    Review, Section, Sign, StackAction, StackReview, Totals, Verdict,
};

/// The mark of a resource's action; meaning survives without colours.
pub(super) fn mark(action: ResourceAction) -> &'static str {
    match action {
        ResourceAction::Import => "<=",
        ResourceAction::Add => "+",
        ResourceAction::Change => "~",
        ResourceAction::Retain => ".",
        ResourceAction::MayReplace => "~/+",
        ResourceAction::Replace => "-/+",
        ResourceAction::Snapshot | ResourceAction::Delete => "-",
    }
}

/// The word for an action that a mark alone would understate; empty for the others.
fn shout(action: ResourceAction) -> &'static str {
    match action {
        ResourceAction::Add | ResourceAction::Change => "",
        ResourceAction::Import => "IMPORT",
        ResourceAction::Retain => "LEAVES THE STACK, stays in the account",
        ResourceAction::MayReplace => "MAY BE REPLACED",
        ResourceAction::Replace => "REPLACE",
        ResourceAction::Snapshot => "DELETE, a snapshot stays",
        ResourceAction::Delete => "DELETE",
    }
}

/// How sure something is, as the end of a line.
#[must_use]
pub fn verdict(verdict: Verdict) -> &'static str {
    match (verdict.method, verdict.certainty) {
        (Method::Changeset, Certainty::Certain) => "certain",
        (Method::Changeset, Certainty::Possible) => "possible",
        (Method::Template, Certainty::Certain) => "forecast",
        (Method::Template, Certainty::Possible) => "forecast, possible",
    }
}

/// The end of lines that only our rules stand for.
pub(super) fn forecast(method: Method) -> &'static str {
    match method {
        Method::Changeset => "",
        Method::Template => "  (forecast)",
    }
}

/// Why nobody can compare a value with what is there.
pub(super) fn unseen(property: &PropertyReview) -> &'static str {
    if property.write_only {
        "write-only, drift can't see it"
    } else {
        ""
    }
}

/// A verdict where certainty goes without saying.
pub(super) fn doubt(found: Verdict) -> String {
    match (found.method, found.certainty) {
        (Method::Changeset, Certainty::Certain) => String::new(),
        _ => format!("({})", verdict(found)),
    }
}

/// What happens to a resource, in words; empty when its mark says it all.
pub(super) fn headline(resource: &ResourceReview) -> String {
    let word = shout(resource.action);
    let because = if resource.causes.is_empty() {
        String::new()
    } else {
        format!("because {}", resource.causes.join(", "))
    };
    let certainty = if word.is_empty() {
        doubt(resource.verdict)
    } else {
        format!("({})", verdict(resource.verdict))
    };
    join(&[word.to_owned(), because, certainty])
}

/// Joins what is there with blanks.
pub(super) fn join(parts: &[String]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ")
}

/// A type without what all types begin with.
pub(super) fn short_kind(kind: &str) -> &str {
    kind.strip_prefix("AWS::").unwrap_or(kind)
}

pub(super) fn section(section: Section) -> &'static str {
    match section {
        Section::Parameter => "parameter",
        Section::ParameterDeclaration => "parameter declaration",
        Section::Output => "output",
        Section::Condition => "condition",
        Section::Mapping => "mapping",
        Section::Rule => "rule",
        Section::Template => "template",
        Section::Tag => "tag",
        Section::Protection => "protection",
    }
}

pub(super) fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Added => "+",
        Sign::Removed => "-",
    }
}

pub(super) fn effect(level: EffectLevel) -> &'static str {
    match level {
        EffectLevel::Note => "effect",
        EffectLevel::Disruption => "DISRUPTION",
        EffectLevel::Loss => "DATA LOSS",
        EffectLevel::Failure => "WILL FAIL",
    }
}

/// What happens to a stack.
pub(super) fn stack_action(stack: &StackReview) -> String {
    let status = stack.status.as_deref().unwrap_or("unknown state");
    match stack.action {
        StackAction::Unchanged => "unchanged".to_owned(),
        StackAction::Create => "new stack".to_owned(),
        StackAction::Update => "update".to_owned(),
        StackAction::Recreate => format!("delete what is left ({status}), then create"),
        StackAction::Delete => "DELETE the stack, which left the topology".to_owned(),
        StackAction::Blocked => format!("BLOCKED by its status {status}"),
    }
}

/// The end of a change set's ARN that tells it from its neighbours.
pub(super) fn short_change_set(arn: &str) -> &str {
    let id = arn.rsplit('/').next().unwrap_or(arn);
    id.get(..8).unwrap_or(id)
}

/// How far a template is from its limits.
pub(super) fn headroom(headroom: Headroom) -> String {
    let Headroom { resources, bytes } = headroom;
    let scarce = if headroom.is_scarce() {
        ", NEAR THE LIMIT"
    } else {
        ""
    };
    format!(
        "{resources}/{} resources, {} of {} KiB{scarce}",
        Headroom::MAX_RESOURCES,
        bytes.div_ceil(1024),
        Headroom::MAX_BYTES / 1024
    )
}

/// The last line: what happens in all, and what has to be approved.
#[must_use]
pub fn totals(review: &Review) -> String {
    if !review.has_changes() {
        return "No changes.".to_owned();
    }
    let approval = if review.approval.is_empty() {
        String::new()
    } else {
        format!(" Needs approval: {}.", review.approval)
    };
    format!("Plan: {}.{approval}", counts(&review.totals))
}

/// Counts as in `1 to add, 0 to change, 1 to replace, 0 to delete, 1 grant added`. The first four are always there.
pub(super) fn counts(totals: &Totals) -> String {
    let mut parts = vec![
        format!("{} to add", totals.add),
        format!("{} to change", totals.change),
        format!("{} to replace", totals.replace),
        format!("{} to delete", totals.delete),
    ];
    let rare = [
        (totals.may_replace, "may be replaced"),
        (totals.retain, "to leave its stack"),
        (totals.import, "to import"),
        (totals.grants_added, "grant added"),
        (totals.grants_removed, "grant removed"),
        (totals.ports_opened, "port range opened"),
        (totals.ports_closed, "port range closed"),
    ];
    for (count, what) in rare.into_iter().filter(|(count, _)| *count > 0) {
        let what = match what.split_once(' ') {
            Some(("grant", rest)) if count > 1 => format!("grants {rest}"),
            Some(("port", rest)) if count > 1 => {
                format!("port {}", rest.replacen("range", "ranges", 1))
            }
            _ => what.to_owned(),
        };
        parts.push(format!("{count} {what}"));
    }
    parts.join(", ")
}

/// The regions of stacks, sorted, with blanks between them.
pub(super) fn regions<'stacks>(stacks: impl Iterator<Item = &'stacks StackReview>) -> String {
    let regions: BTreeSet<&str> = stacks.map(|stack| stack.region.as_str()).collect();
    regions.into_iter().collect::<Vec<_>>().join(" ")
}

/// The name that a review's headline carries.
pub(super) fn title(review: &Review) -> String {
    let subject = &review.subject;
    match (&subject.environment, &subject.topology) {
        (Some(environment), Some(topology)) => format!("{environment} of {topology}"),
        _ => format!("{} -> {}", subject.old, subject.new),
    }
}

/// How many resources of a stack change, as in `1 change`.
pub(super) fn changes(stack: &StackReview) -> String {
    match stack.resources.len() {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    }
}

/// How many of them are lost or may be, as in `1 REPLACE, 2 DELETE`; empty: none.
pub(super) fn losses(stack: &StackReview) -> String {
    let totals = Totals::of(std::slice::from_ref(stack));
    let parts = [
        (totals.replace, "REPLACE"),
        (totals.may_replace, "MAY REPLACE"),
        (totals.delete, "DELETE"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    parts.join(", ")
}
