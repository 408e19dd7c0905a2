//! The order of work. Pure.
//!
//! Stacks need others: those whose outputs they take, and the artifact bucket of their region. Without more, stacks that need
//! nothing of each other run side by side. [`RegionWaves`] put groups of regions one after another on top of that.

use std::collections::{BTreeMap, BTreeSet};

use plan::{ParameterSource, StackRole};

use super::StackSpec;
use crate::event::StackRef;

/// Splits the specs into waves, first wave first, and keeps their order within a wave.
pub(super) fn waves(specs: &[StackSpec]) -> Vec<Vec<&StackSpec>> {
    let mut waves: BTreeMap<usize, Vec<&StackSpec>> = BTreeMap::new();
    for spec in specs {
        waves.entry(spec.wave).or_default().push(spec);
    }
    waves.into_values().collect()
}

/// Groups of regions that are deployed one after another; regions that stand in none come last, together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionWaves(Vec<Vec<String>>);

/// Groups of regions that can't be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaveError {
    /// A group names nothing.
    #[error("there is a wave without a region")]
    Empty,
    /// A region stands twice.
    #[error("`{0}` stands in two waves")]
    Twice(String),
    /// A region has no stack.
    #[error("no stack is in `{region}`; there are {}", known.join(", "))]
    Unknown {
        /// The region.
        region: String,
        /// Regions that have stacks.
        known: Vec<String>,
    },
}

impl RegionWaves {
    /// Reads groups separated by `/`, with regions separated by commas.
    ///
    /// # Errors
    ///
    /// When a group is empty or a region stands twice.
    pub fn parse(text: &str) -> Result<Self, WaveError> {
        let mut seen = BTreeSet::new();
        let mut groups = Vec::new();
        for group in text.split('/') {
            let mut regions = Vec::new();
            for region in group.split(',').map(str::trim) {
                if region.is_empty() {
                    return Err(WaveError::Empty);
                }
                if !seen.insert(region) {
                    return Err(WaveError::Twice(region.to_owned()));
                }
                regions.push(region.to_owned());
            }
            groups.push(regions);
        }
        Ok(Self(groups))
    }

    /// The place of a region's group.
    fn place(&self, region: &str) -> usize {
        let group = self
            .0
            .iter()
            .position(|group| group.iter().any(|one| one == region));
        group.unwrap_or(self.0.len())
    }

    /// Puts the specs into waves so that a group's stacks begin when those of all groups before are done. A stack that needs one
    /// of a later group goes with that group.
    ///
    /// # Errors
    ///
    /// When a region has no stack.
    pub fn apply(&self, specs: &mut [StackSpec]) -> Result<(), WaveError> {
        let known: BTreeSet<String> = specs.iter().map(|spec| spec.stack.region.clone()).collect();
        if let Some(region) = self
            .0
            .iter()
            .flatten()
            .find(|region| !known.contains(*region))
        {
            return Err(WaveError::Unknown {
                region: region.clone(),
                known: known.into_iter().collect(),
            });
        }
        let order = self.order(specs);
        let mut steps: Vec<(usize, usize)> = order.values().copied().collect();
        steps.sort_unstable();
        steps.dedup();
        for spec in specs {
            if let Some(step) = order.get(&spec.stack) {
                spec.wave = steps.iter().take_while(|other| *other < step).count();
            }
        }
        Ok(())
    }

    /// For each stack the group that it goes with and its wave within that.
    fn order(&self, specs: &[StackSpec]) -> BTreeMap<StackRef, (usize, usize)> {
        let mut by_wave: Vec<&StackSpec> = specs.iter().collect();
        by_wave.sort_by_key(|spec| spec.wave);
        let mut order: BTreeMap<StackRef, (usize, usize)> = BTreeMap::new();
        for spec in by_wave {
            let own = self.place(&spec.stack.region);
            // What it needs is of an earlier wave, so its group is known.
            let needed = specs
                .iter()
                .filter(|other| needs(spec, other))
                .filter_map(|other| order.get(&other.stack))
                .map(|(group, _)| *group);
            let group = needed.fold(own, usize::max);
            order.insert(spec.stack.clone(), (group, spec.wave));
        }
        order
    }
}

/// Whether a stack can be deployed only after another.
pub(super) fn needs(spec: &StackSpec, other: &StackSpec) -> bool {
    let is_its_bucket =
        other.role == StackRole::Artifacts && other.stack.region == spec.stack.region;
    let is_taken = |source: &ParameterSource| match source {
        ParameterSource::Output { stack, region, .. } => {
            other.stack == StackRef::new(stack, region)
        }
        ParameterSource::Artifact(_) => false,
    };
    is_its_bucket || spec.parameters.values().any(is_taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::Selection;

    fn spec(name: &str, region: &str, role: StackRole, wave: usize) -> StackSpec {
        StackSpec {
            stack: StackRef::new(name, region),
            role,
            wave,
            template: "{}".to_owned(),
            parameters: BTreeMap::new(),
            tags: BTreeMap::new(),
            protected: false,
            guarded: BTreeSet::new(),
            selection: Selection::Deploy,
        }
    }

    /// Fleets in three regions, and a backend in the first that takes an output of all.
    fn specs() -> Vec<StackSpec> {
        let regions = ["eu", "us", "ap"];
        let mut backend = spec("backend", "eu", StackRole::Backend, 2);
        for region in regions {
            let source = ParameterSource::Output {
                stack: "fleets".to_owned(),
                region: region.to_owned(),
                output: "Alias".to_owned(),
            };
            backend.parameters.insert(format!("Alias{region}"), source);
        }
        let buckets = regions.map(|region| spec("bucket", region, StackRole::Artifacts, 0));
        let fleets = regions.map(|region| spec("fleets", region, StackRole::Fleets, 1));
        buckets.into_iter().chain(fleets).chain([backend]).collect()
    }

    /// The waves that come of it.
    fn order(text: &str) -> Vec<String> {
        let mut specs = specs();
        RegionWaves::parse(text).unwrap().apply(&mut specs).unwrap();
        let name = |spec: &&StackSpec| format!("{}:{}", spec.stack.region, spec.stack.name);
        let waves = waves(&specs);
        waves
            .iter()
            .map(|wave| wave.iter().map(name).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn canary_region_goes_first_and_all_others_together() {
        assert_eq!(
            order("us"),
            [
                "us:bucket",
                "us:fleets",
                "eu:bucket ap:bucket",
                "eu:fleets ap:fleets",
                "eu:backend"
            ]
        );
    }

    #[test]
    fn groups_follow_each_other_and_what_needs_the_last_waits_for_it() {
        assert_eq!(
            order("eu,us/ap"),
            [
                "eu:bucket us:bucket",
                "eu:fleets us:fleets",
                "ap:bucket",
                "ap:fleets",
                "eu:backend"
            ]
        );
    }

    #[test]
    fn one_group_of_all_regions_is_the_order_without_groups() {
        let mut grouped = specs();
        RegionWaves::parse("eu, us, ap")
            .unwrap()
            .apply(&mut grouped)
            .unwrap();
        assert_eq!(grouped, specs());
    }

    fn refused(text: &str) -> String {
        let parsed = RegionWaves::parse(text);
        let error = parsed.and_then(|waves| waves.apply(&mut specs()));
        error.unwrap_err().to_string()
    }

    #[test]
    fn waves_that_cannot_be_meant_are_refused() {
        assert_eq!(refused("eu//us"), "there is a wave without a region");
        assert_eq!(refused("eu/us,eu"), "`eu` stands in two waves");
        assert_eq!(
            refused("eu/mars"),
            "no stack is in `mars`; there are ap, eu, us"
        );
    }
}
