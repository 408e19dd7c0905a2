//! The order of work. Pure.

use std::collections::BTreeMap;

use super::StackSpec;

/// Splits the specs into waves, first wave first, and keeps their order within a wave.
pub(super) fn waves(specs: &[StackSpec]) -> Vec<Vec<&StackSpec>> {
    let mut waves: BTreeMap<usize, Vec<&StackSpec>> = BTreeMap::new();
    for spec in specs {
        waves.entry(spec.wave).or_default().push(spec);
    }
    waves.into_values().collect()
}
