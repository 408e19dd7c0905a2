//! The data files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::quota::{Quota, QuotaName};

/// `data/regions.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Regions {
    pub(crate) fleets: Vec<String>,
    pub(crate) flexmatch: Vec<String>,
    /// Remote locations beyond `fleets`.
    pub(crate) locations: Vec<String>,
}

/// `data/instances.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Instances {
    pub(crate) types: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Quotas {
    quotas: BTreeMap<QuotaName, Quota>,
}

pub(crate) fn regions() -> &'static Regions {
    static DATA: LazyLock<Regions> = LazyLock::new(|| read(include_str!("../data/regions.json")));
    &DATA
}

pub(crate) fn instances() -> &'static Instances {
    static DATA: LazyLock<Instances> =
        LazyLock::new(|| read(include_str!("../data/instances.json")));
    &DATA
}

pub(crate) fn quota(name: QuotaName) -> Quota {
    static DATA: LazyLock<Quotas> = LazyLock::new(|| read(include_str!("../data/quotas.json")));
    DATA.quotas
        .get(&name)
        .cloned()
        .expect("a test reads every quota of the file")
}

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> T {
    serde_json::from_str(text).expect("a test reads every file of this crate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_readable_and_every_quota_has_its_number() {
        assert!(regions().fleets.len() > 10 && instances().types.len() > 100);
        for name in QuotaName::ALL {
            assert!(quota(*name).limit > 0, "{name:?}");
        }
    }
}
