//! The document that all views show, and that `--output json` prints as it is.
//!
//! Codes and data are stable within a format version; texts for people are not.

mod resource;
mod stack;
mod totals;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::approval::Need;

pub use resource::{Certainty, PropertyReview, ResourceAction, ResourceReview, Shown, Verdict};
pub use stack::{
    Effect, EffectLevel, GrantReview, Headroom, Method, PortReview, Section, Sign, StackAction,
    StackReview, ValueReview,
};
pub use totals::Totals;

/// Grows when a field changes its meaning or goes away; new fields don't count.
pub const FORMAT_VERSION: u32 = 1;

/// Everything that one run of `diff` found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// Version of this form.
    pub format_version: u32,
    /// Version of the liftform that wrote it.
    pub liftform: String,
    /// One review per environment, or one for two files or folders.
    pub reviews: Vec<Review>,
}

impl Document {
    /// A document of this version.
    #[must_use]
    pub fn new(liftform: impl Into<String>, reviews: Vec<Review>) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            liftform: liftform.into(),
            reviews,
        }
    }

    /// Whether anything differs.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.reviews.iter().any(Review::has_changes)
    }
}

/// What changes in one environment, or between two files or folders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// What is compared.
    pub subject: Subject,
    /// The stacks in deploy order, unchanged ones too.
    pub stacks: Vec<StackReview>,
    /// Stacks that change in the same way, by their place in `stacks`.
    pub groups: Vec<Group>,
    /// Counts over all stacks.
    pub totals: Totals,
    /// What somebody has to approve; none: nothing changes.
    pub approval: Need,
}

/// What is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// The topology's name.
    pub topology: Option<String>,
    /// The environment's name.
    pub environment: Option<String>,
    /// The AWS account, 12 digits.
    pub account: Option<String>,
    /// What is there: `deployed`, a path or `git:REF`.
    pub old: String,
    /// What shall be: `desired` or a path.
    pub new: String,
}

impl Subject {
    /// A name that is the same on every run: it marks what views update in place.
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.topology, &self.environment) {
            (Some(topology), Some(environment)) => format!("{topology}/{environment}"),
            _ => format!("{} {}", self.old, self.new),
        }
    }
}

/// Stacks that change in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// `A`, `B`, …
    pub label: String,
    /// Indices into the review's `stacks`, never empty.
    pub stacks: Vec<usize>,
}

impl Group {
    /// The label of the group at an index: `A` to `Z`, then `AA`.
    #[must_use]
    pub fn label_at(index: usize) -> String {
        const LETTERS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let last = char::from(LETTERS[index % LETTERS.len()]);
        match index / LETTERS.len() {
            0 => last.to_string(),
            before => format!("{}{last}", Self::label_at(before - 1)),
        }
    }
}

impl Review {
    /// Counts and sums up the stacks. `groups` holds indices of changed stacks that change in the same way.
    #[must_use]
    pub fn new(subject: Subject, stacks: Vec<StackReview>, groups: Vec<Vec<usize>>) -> Self {
        let labelled = groups.into_iter().filter(|group| !group.is_empty());
        Self {
            subject,
            groups: labelled
                .enumerate()
                .map(|(index, stacks)| Group {
                    label: Group::label_at(index),
                    stacks,
                })
                .collect(),
            totals: Totals::of(&stacks),
            approval: Need::of(&stacks),
            stacks,
        }
    }

    /// Whether anything differs.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.stacks.iter().any(StackReview::has_changes)
    }

    /// The stacks of a group.
    pub fn members(&self, group: &Group) -> impl Iterator<Item = &StackReview> {
        group
            .stacks
            .iter()
            .filter_map(|&index| self.stacks.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_go_on_after_the_alphabet() {
        let labels = [0, 25, 26, 27, 52].map(Group::label_at);
        assert_eq!(labels, ["A", "Z", "AA", "AB", "BA"]);
    }
}
