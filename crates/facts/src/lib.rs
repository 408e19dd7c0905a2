//! What AWS offers where, and how much of it: regions, instance types and quotas of GameLift and its neighbours.
//!
//! In: the data files of this crate, each with its source and the date it was read; a topology's own additions. Out:
//! answers. Never: AWS, so that what a file says may be older than what holds; a topology can add what has grown.

mod data;
mod quota;

use std::collections::{BTreeMap, BTreeSet};

pub use quota::{Headroom, Quota, QuotaName, Use};

/// What holds, additions included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What a topology knows better.
    additions: Additions,
}

/// What grew since the data was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Additions {
    /// Regions that can be the home of fleets.
    pub fleet_regions: Vec<String>,
    /// Regions that host FlexMatch, multi-location fleets and container fleets; they host fleets, too.
    pub flexmatch_regions: Vec<String>,
    /// Remote locations.
    pub locations: Vec<String>,
    /// Instance types.
    pub instances: Vec<String>,
    /// Limits of the account.
    pub quotas: BTreeMap<QuotaName, u64>,
}

impl Facts {
    /// The data with additions.
    #[must_use]
    pub fn with(additions: Additions) -> Self {
        Self { additions }
    }

    /// Regions that can be the home of fleets, queues, builds and aliases.
    pub fn fleet_regions(&self) -> impl Iterator<Item = &str> + Clone {
        let Additions {
            fleet_regions,
            flexmatch_regions,
            ..
        } = &self.additions;
        joined(&data::regions().fleets, fleet_regions).chain(texts(flexmatch_regions))
    }

    /// Regions that host FlexMatch, multi-location fleets and container fleets.
    pub fn flexmatch_regions(&self) -> impl Iterator<Item = &str> + Clone {
        joined(
            &data::regions().flexmatch,
            &self.additions.flexmatch_regions,
        )
    }

    /// Every remote location that a multi-location fleet may have: regions and local zones.
    pub fn locations(&self) -> impl Iterator<Item = &str> + Clone {
        self.fleet_regions().chain(joined(
            &data::regions().locations,
            &self.additions.locations,
        ))
    }

    /// Whether fleets can be created there.
    #[must_use]
    pub fn hosts_fleets(&self, region: &str) -> bool {
        self.fleet_regions().any(|known| known == region)
    }

    /// Whether matchmakers, multi-location fleets and container fleets can be created there.
    #[must_use]
    pub fn hosts_flexmatch(&self, region: &str) -> bool {
        self.flexmatch_regions().any(|known| known == region)
    }

    /// Instance types that GameLift's API knows.
    pub fn instances(&self) -> impl Iterator<Item = &str> + Clone {
        joined(&data::instances().types, &self.additions.instances)
    }

    /// Whether GameLift's API knows the instance type.
    #[must_use]
    pub fn has_instance(&self, instance: &str) -> bool {
        self.instances().any(|known| known == instance)
    }

    /// A quota, with the account's own limit if the topology names one.
    #[must_use]
    pub fn quota(&self, name: QuotaName) -> Quota {
        let quota = data::quota(name);
        match self.additions.quotas.get(&name) {
            Some(limit) => Quota {
                limit: *limit,
                ..quota
            },
            None => quota,
        }
    }
}

/// Whether instances of this type have ARM processors (AWS Graviton): a `g` behind the generation in the family's name,
/// and the first generation `a1`. Source: <https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html>
#[must_use]
pub fn is_arm(instance: &str) -> bool {
    let family = instance.split('.').next().unwrap_or_default();
    let options = family
        .trim_start_matches(|letter: char| letter.is_ascii_alphabetic())
        .trim_start_matches(|letter: char| letter.is_ascii_digit());
    family == "a1" || options.starts_with('g')
}

fn texts(list: &[String]) -> impl Iterator<Item = &str> + Clone {
    list.iter().map(String::as_str)
}

fn joined<'list>(
    known: &'list [String],
    more: &'list [String],
) -> impl Iterator<Item = &'list str> + Clone {
    texts(known).chain(texts(more))
}

/// Every region and location without repetition, for tables.
#[must_use]
pub fn all_places() -> BTreeSet<&'static str> {
    let regions = data::regions();
    joined(&regions.fleets, &regions.locations).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flexmatch_regions_host_fleets_too() {
        let facts = Facts::default();
        assert!(
            facts
                .flexmatch_regions()
                .all(|region| facts.hosts_fleets(region))
        );
        assert_eq!(facts.flexmatch_regions().count(), 7);
    }

    #[test]
    fn no_location_is_listed_twice() {
        assert_eq!(all_places().len(), Facts::default().locations().count());
    }

    #[test]
    fn additions_hold_beside_the_data() {
        let facts = Facts::with(Additions {
            flexmatch_regions: vec!["mars-north-1".to_owned()],
            instances: vec!["c99.large".to_owned()],
            quotas: BTreeMap::from([(QuotaName::Fleets, 50)]),
            ..Additions::default()
        });
        assert!(facts.hosts_flexmatch("mars-north-1") && facts.hosts_fleets("mars-north-1"));
        assert!(facts.hosts_flexmatch("us-east-1") && !facts.hosts_flexmatch("us-east-2"));
        assert!(facts.has_instance("c99.large") && facts.has_instance("c6i.large"));
        assert!(!facts.has_instance("c98.large"));
        assert_eq!(facts.quota(QuotaName::Fleets).limit, 50);
        assert_eq!(Facts::default().quota(QuotaName::Fleets).limit, 20);
    }

    #[test]
    fn processors_are_told_by_the_name() {
        for arm in [
            "c6g.large",
            "c7gn.xlarge",
            "m7gd.large",
            "a1.large",
            "r8g.large",
        ] {
            assert!(is_arm(arm), "{arm}");
        }
        for intel in [
            "c6i.large",
            "g4dn.xlarge",
            "c5.large",
            "c6a.large",
            "gr6.4xlarge",
        ] {
            assert!(!is_arm(intel), "{intel}");
        }
        assert!(is_arm("g5g.xlarge"), "a family with both");
    }
}
