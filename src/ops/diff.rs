//! What a change does, without the command line: where the two sides come from, and their comparison.
//!
//! In: paths, plans, stacks. Out: reviewed stacks and the secrets that must not be shown in them.

mod change_set;
pub mod deployed;
pub mod git;
pub mod sides;

use std::collections::BTreeSet;

use cloudformation::diff::Side;
use review::forecast::{Pair, collect_secrets, forecast};
use review::model::Subject;
use review::{Review, Secrets, StackReview, fold};

use self::sides::Stacks;
use crate::event::StackRef;

/// Puts stacks together to a review that shows no secret.
pub fn review(subject: Subject, stacks: Vec<StackReview>, secrets: &Secrets) -> Review {
    let groups = fold(&stacks);
    let mut review = Review::new(subject, stacks, groups);
    secrets.mask_review(&mut review);
    review
}

/// Compares two sets of templates. Stacks are paired by name and region; what only one side has comes or goes.
pub fn compare(old: &Stacks, new: &Stacks) -> (Vec<StackReview>, Secrets) {
    let mut secrets = Secrets::default();
    let names: BTreeSet<&StackRef> = old.keys().chain(new.keys()).collect();
    let stacks = names
        .into_iter()
        .map(|stack| {
            let pair = Pair {
                name: &stack.name,
                region: &stack.region,
                old: old.get(stack).map(Side::new),
                new: new.get(stack).map(Side::new),
            };
            for side in pair.old.iter().chain(&pair.new) {
                collect_secrets(side, &mut secrets);
            }
            forecast(&pair)
        })
        .collect();
    (stacks, secrets)
}
