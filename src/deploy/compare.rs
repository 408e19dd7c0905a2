//! Whether a deployed stack is as it should be.
//!
//! Compared is what CloudFormation itself keeps: template, parameters, tags, protection, stack policy. A digest of them in a tag would
//! be one call cheaper, but stack tags reach every resource, so that each change of one resource would show as, and
//! cause, an update of all of them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{StackSpec, StackState, policy};

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// Nothing.
    None,
    /// Only the termination protection or the stack policy, which need no change set.
    Protection,
    /// Something that a change set must compute.
    Content,
}

/// Compares.
pub(super) fn compare(
    spec: &StackSpec,
    parameters: &BTreeMap<String, String>,
    deployed: &StackState,
    deployed_template: &str,
) -> Difference {
    let same = same_template(&spec.template, deployed_template)
        && same_parameters(&spec.template, parameters, &deployed.parameters)
        && spec.tags == deployed.tags;
    let is_protected = spec.protected == deployed.protected
        && policy::missing(&spec.guarded, deployed.policy.as_deref()).is_none();
    match (same, is_protected) {
        (false, _) => Difference::Content,
        (true, false) => Difference::Protection,
        (true, true) => Difference::None,
    }
}

/// Compares values rather than bytes, because a stack made by an earlier version may be formatted differently.
fn same_template(one: &str, other: &str) -> bool {
    one == other
        || match (
            serde_json::from_str::<Value>(one),
            serde_json::from_str::<Value>(other),
        ) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        }
}

/// CloudFormation also lists parameters that nobody gave; those must have their default.
fn same_parameters(
    template: &str,
    wanted: &BTreeMap<String, String>,
    deployed: &BTreeMap<String, String>,
) -> bool {
    let given = wanted
        .iter()
        .all(|(name, value)| deployed.get(name) == Some(value));
    let mut others = deployed
        .iter()
        .filter(|(name, _)| !wanted.contains_key(*name))
        .peekable();
    if !given || others.peek().is_none() {
        return given;
    }
    let template: Value = serde_json::from_str(template).unwrap_or_default();
    others.all(|(name, value)| default(&template, name).as_ref() == Some(value))
}

fn default(template: &Value, parameter: &str) -> Option<String> {
    let default = template.get("Parameters")?.get(parameter)?.get("Default")?;
    Some(
        default
            .as_str()
            .map_or_else(|| default.to_string(), str::to_owned),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use plan::StackRole;

    use super::*;
    use crate::event::StackRef;

    const TEMPLATE: &str =
        r#"{"Parameters": {"Size": {"Default": 3}, "Bucket": {}}, "Resources": {}}"#;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|&(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    fn check(change: impl Fn(&mut StackState, &mut String), expected: Difference) {
        let spec = StackSpec {
            stack: StackRef::new("game", "eu-west-1"),
            role: StackRole::Backend,
            wave: 0,
            template: TEMPLATE.to_owned(),
            parameters: BTreeMap::new(),
            tags: map(&[("team", "online")]),
            protected: false,
            guarded: BTreeSet::new(),
            selection: crate::deploy::Selection::Deploy,
        };
        let parameters = map(&[("Bucket", "artifacts")]);
        let mut deployed = StackState {
            tags: spec.tags.clone(),
            parameters: parameters.clone(),
            ..StackState::default()
        };
        let mut template = TEMPLATE.to_owned();
        change(&mut deployed, &mut template);
        assert_eq!(compare(&spec, &parameters, &deployed, &template), expected);
    }

    #[test]
    fn equal_stack_is_unchanged() {
        check(|_, _| {}, Difference::None);
    }

    #[test]
    fn formatting_is_no_difference() {
        check(
            |_, template| *template = template.replace(' ', "\n"),
            Difference::None,
        );
    }

    #[test]
    fn other_template_is_a_difference() {
        check(
            |_, template| *template = "{}".to_owned(),
            Difference::Content,
        );
    }

    #[test]
    fn unreadable_template_is_a_difference() {
        check(
            |_, template| *template = "Resources: {}".to_owned(),
            Difference::Content,
        );
    }

    #[test]
    fn other_parameter_value_is_a_difference() {
        check(
            |stack, _| stack.parameters = map(&[("Bucket", "old")]),
            Difference::Content,
        );
    }

    #[test]
    fn parameter_left_at_its_default_is_no_difference() {
        check(
            |stack, _| drop(stack.parameters.insert("Size".to_owned(), "3".to_owned())),
            Difference::None,
        );
    }

    #[test]
    fn parameter_changed_by_somebody_else_is_a_difference() {
        check(
            |stack, _| drop(stack.parameters.insert("Size".to_owned(), "4".to_owned())),
            Difference::Content,
        );
    }

    #[test]
    fn removed_tag_is_a_difference() {
        check(
            |stack, _| drop(stack.tags.insert("old".to_owned(), "x".to_owned())),
            Difference::Content,
        );
    }

    #[test]
    fn stack_policy_that_guards_nothing_any_more_is_a_difference() {
        let guarded = BTreeSet::from(["Players".to_owned()]);
        check(
            |stack, _| stack.policy = Some(policy::text(&guarded)),
            Difference::Protection,
        );
    }

    #[test]
    fn protection_alone_needs_no_change_set() {
        check(|stack, _| stack.protected = true, Difference::Protection);
    }
}
