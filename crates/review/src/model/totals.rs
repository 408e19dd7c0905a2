//! Counts over stacks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ResourceAction, Sign, StackReview};

/// Counts over stacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Resources that are made.
    pub add: usize,
    /// Resources that are changed in place.
    pub change: usize,
    /// Resources that are replaced.
    pub replace: usize,
    /// Resources that may be replaced.
    pub may_replace: usize,
    /// Resources that are removed.
    pub delete: usize,
    /// Resources that leave their stack and stay in the account.
    pub retain: usize,
    /// Resources that enter a stack as they are.
    pub import: usize,
    /// Permissions that come.
    pub grants_added: usize,
    /// Permissions that go.
    pub grants_removed: usize,
    /// Port ranges that open.
    pub ports_opened: usize,
    /// Port ranges that close.
    pub ports_closed: usize,
    /// Stacks that change.
    pub stacks_changed: usize,
    /// Stacks that don't.
    pub stacks_unchanged: usize,
}

impl Totals {
    /// Counts.
    #[must_use]
    pub fn of(stacks: &[StackReview]) -> Self {
        let mut totals = Self::default();
        stacks.iter().for_each(|stack| totals.count(stack));
        totals
    }

    fn count(&mut self, stack: &StackReview) {
        if stack.has_changes() {
            self.stacks_changed += 1;
        } else {
            self.stacks_unchanged += 1;
        }
        for resource in &stack.resources {
            *self.counter(resource.action) += 1;
        }
        for grant in &stack.grants {
            match grant.sign {
                Sign::Added => self.grants_added += 1,
                Sign::Removed => self.grants_removed += 1,
            }
        }
        for port in &stack.ports {
            match port.sign {
                Sign::Added => self.ports_opened += 1,
                Sign::Removed => self.ports_closed += 1,
            }
        }
    }

    fn counter(&mut self, action: ResourceAction) -> &mut usize {
        match action {
            ResourceAction::Add => &mut self.add,
            ResourceAction::Change => &mut self.change,
            ResourceAction::Replace => &mut self.replace,
            ResourceAction::MayReplace => &mut self.may_replace,
            ResourceAction::Delete | ResourceAction::Snapshot => &mut self.delete,
            ResourceAction::Retain => &mut self.retain,
            ResourceAction::Import => &mut self.import,
        }
    }
}
