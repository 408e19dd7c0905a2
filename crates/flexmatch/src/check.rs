//! Checks that look at more than one item.
//!
//! In: what `shape` could read. Out: problems only. Never changes the draft.

mod algorithm;
mod attributes;
mod compound;
mod expansions;
mod expressions;
mod size;
mod types;

use crate::report::Report;
use crate::shape::Draft;

/// Runs every check.
pub(crate) fn check(draft: &Draft, report: &mut Report<'_>) {
    size::check(draft, report);
    algorithm::check(draft, report);
    expressions::check(draft, report);
    types::check(draft, report);
    attributes::check(draft, report);
    compound::check(draft, report);
    expansions::check(draft, report);
}
