//! Which risks somebody has to answer for, and whether somebody has.
//!
//! In: reviewed stacks, and what the user allowed in advance. Out: a [`Decision`]. What is decided is always about the
//! very change sets that run: a change set made later must stay [within](Need::within) what was approved.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{ResourceAction, StackAction, StackReview};

/// A kind of risk, the smallest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Something changes.
    Change,
    /// Somebody may do more than before, or more can be reached from outside.
    Broadening,
    /// A resource is, or may be, replaced.
    Replacement,
    /// A resource or stack is removed.
    Deletion,
}

impl fmt::Display for Risk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Change => "change",
            Self::Broadening => "broader permissions",
            Self::Replacement => "replacement",
            Self::Deletion => "deletion",
        })
    }
}

/// What has to be approved; empty: nothing changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Need {
    /// Kinds of risk.
    pub risks: BTreeSet<Risk>,
    /// Logical ids of fleets and of resources with state that are lost or may be: each needs an allowance of its own.
    pub guarded: BTreeSet<String>,
}

impl Need {
    /// What these stacks need.
    #[must_use]
    pub fn of(stacks: &[StackReview]) -> Self {
        let mut need = Self::default();
        stacks
            .iter()
            .filter(|stack| stack.has_changes())
            .for_each(|stack| need.add(stack));
        need
    }

    fn add(&mut self, stack: &StackReview) {
        self.risks.insert(Risk::Change);
        if stack.action == StackAction::Delete {
            self.risks.insert(Risk::Deletion);
        }
        let broadens = stack.grants.iter().any(|grant| grant.broadening)
            || stack.ports.iter().any(|port| port.broadening);
        if broadens {
            self.risks.insert(Risk::Broadening);
        }
        for resource in &stack.resources {
            let Some(risk) = risk_of_loss(resource.action) else {
                continue;
            };
            self.risks.insert(risk);
            if resource.guarded {
                self.guarded.insert(resource.logical_id.clone());
            }
        }
    }

    /// Whether nothing has to be approved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.risks.is_empty()
    }

    /// Whether an approval of `approved` covers this, too. Each kind of risk counts by itself: who agreed to a deletion
    /// has not seen that somebody may do more.
    #[must_use]
    pub fn within(&self, approved: &Self) -> bool {
        self.risks.is_subset(&approved.risks) && self.guarded.is_subset(&approved.guarded)
    }
}

/// What a resource's action puts at risk; none: nothing is lost.
fn risk_of_loss(action: ResourceAction) -> Option<Risk> {
    match action {
        ResourceAction::Import
        | ResourceAction::Add
        | ResourceAction::Change
        | ResourceAction::Retain => None,
        ResourceAction::MayReplace | ResourceAction::Replace => Some(Risk::Replacement),
        ResourceAction::Snapshot | ResourceAction::Delete => Some(Risk::Deletion),
    }
}

/// As in `Needs approval: replacement, broader permissions.`
impl fmt::Display for Need {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words: Vec<String> = self.risks.iter().rev().map(ToString::to_string).collect();
        // Every other risk is a change.
        if words.len() > 1 {
            words.pop();
        }
        words.extend(self.guarded.iter().map(|name| format!("`{name}` by name")));
        formatter.write_str(&words.join(", "))
    }
}

/// Up to which risk nobody is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpTo {
    /// Every change is asked for.
    #[default]
    Never,
    /// Changes in place and broader permissions pass.
    Broadening,
    /// Replacements pass, too.
    Replacement,
    /// Everything passes.
    Any,
}

impl UpTo {
    fn passes(self, risk: Risk) -> bool {
        match self {
            Self::Never => false,
            Self::Broadening => risk <= Risk::Broadening,
            Self::Replacement => risk <= Risk::Replacement,
            Self::Any => true,
        }
    }
}

/// What the user allowed in advance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// Up to which risk nobody is asked.
    pub up_to: UpTo,
    /// Logical ids of guarded resources that may be lost.
    pub names: BTreeSet<String>,
}

/// What follows from an allowance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Go,
    /// Ask about these risks.
    Ask(BTreeSet<Risk>),
    /// Stop: these guarded resources are lost and nobody allowed it by name.
    Refuse(BTreeSet<String>),
}

impl Allowance {
    /// Decides whether to go on.
    #[must_use]
    pub fn decide(&self, need: &Need) -> Decision {
        let refused: BTreeSet<String> = need.guarded.difference(&self.names).cloned().collect();
        if !refused.is_empty() {
            return Decision::Refuse(refused);
        }
        let open: BTreeSet<Risk> = need
            .risks
            .iter()
            .copied()
            .filter(|risk| !self.up_to.passes(*risk))
            .collect();
        if open.is_empty() {
            Decision::Go
        } else {
            Decision::Ask(open)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Method, Sign};
    use crate::testing::{grant, resource, stack};

    fn need(actions: &[ResourceAction]) -> Need {
        let mut stack = stack("game", "eu-west-1");
        stack.resources = actions
            .iter()
            .map(|action| resource("Fleet", *action))
            .collect();
        Need::of(&[stack])
    }

    fn allow(up_to: UpTo, names: &[&str]) -> Allowance {
        Allowance {
            up_to,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn guarded(action: ResourceAction) -> Need {
        let mut stack = stack("game", "eu-west-1");
        let mut fleet = resource("Fleet", action);
        fleet.guarded = true;
        stack.resources = vec![fleet];
        Need::of(&[stack])
    }

    #[test]
    fn unchanged_stacks_need_nothing() {
        let stack = StackReview::unchanged("game", "eu-west-1", Method::Changeset);
        assert!(Need::of(&[stack]).is_empty());
        assert_eq!(Allowance::default().decide(&Need::default()), Decision::Go);
    }

    #[test]
    fn every_change_is_asked_for_unless_something_is_allowed() {
        let need = need(&[ResourceAction::Add]);
        assert_eq!(
            Allowance::default().decide(&need),
            Decision::Ask([Risk::Change].into())
        );
        assert_eq!(allow(UpTo::Broadening, &[]).decide(&need), Decision::Go);
    }

    #[test]
    fn possible_replacement_counts_as_one() {
        let need = need(&[ResourceAction::MayReplace]);
        assert_eq!(
            allow(UpTo::Broadening, &[]).decide(&need),
            Decision::Ask([Risk::Replacement].into())
        );
        assert_eq!(allow(UpTo::Replacement, &[]).decide(&need), Decision::Go);
    }

    #[test]
    fn deletion_passes_only_with_any() {
        for action in [ResourceAction::Delete, ResourceAction::Snapshot] {
            let need = need(&[action]);
            assert_eq!(
                allow(UpTo::Replacement, &[]).decide(&need),
                Decision::Ask([Risk::Deletion].into())
            );
            assert_eq!(allow(UpTo::Any, &[]).decide(&need), Decision::Go);
        }
    }

    #[test]
    fn guarded_loss_needs_its_name_whatever_else_is_allowed() {
        let need = guarded(ResourceAction::Replace);
        assert_eq!(
            allow(UpTo::Any, &[]).decide(&need),
            Decision::Refuse(["Fleet".to_owned()].into())
        );
        assert_eq!(allow(UpTo::Any, &["Fleet"]).decide(&need), Decision::Go);
    }

    #[test]
    fn name_alone_allows_no_replacement() {
        assert_eq!(
            allow(UpTo::Never, &["Fleet"]).decide(&guarded(ResourceAction::Replace)),
            Decision::Ask([Risk::Change, Risk::Replacement].into())
        );
    }

    #[test]
    fn guarded_resource_that_is_only_changed_or_retained_needs_no_name() {
        for action in [ResourceAction::Change, ResourceAction::Retain] {
            assert!(guarded(action).guarded.is_empty(), "{action:?}");
        }
    }

    #[test]
    fn narrower_permissions_are_no_broadening() {
        let mut narrowed = stack("game", "eu-west-1");
        narrowed.grants = vec![grant(Sign::Removed, false)];
        assert!(!Need::of(&[narrowed]).risks.contains(&Risk::Broadening));
        let mut widened = stack("game", "eu-west-1");
        // Removing a Deny broadens.
        widened.grants = vec![grant(Sign::Removed, true)];
        assert!(Need::of(&[widened]).risks.contains(&Risk::Broadening));
    }

    #[test]
    fn later_change_set_must_not_bring_a_kind_of_risk_that_nobody_saw() {
        let deletion = need(&[ResourceAction::Delete]);
        let broadening = Need {
            risks: [Risk::Change, Risk::Broadening].into(),
            ..Need::default()
        };
        assert!(need(&[ResourceAction::Add]).within(&deletion));
        assert!(!broadening.within(&deletion));
        assert!(!guarded(ResourceAction::Replace).within(&need(&[ResourceAction::Replace])));
    }

    #[test]
    fn need_reads_as_a_list_from_the_worst_down() {
        let mut need = guarded(ResourceAction::Replace);
        need.risks.insert(Risk::Broadening);
        assert_eq!(
            need.to_string(),
            "replacement, broader permissions, `Fleet` by name"
        );
        assert_eq!(self::need(&[ResourceAction::Add]).to_string(), "change");
    }
}
