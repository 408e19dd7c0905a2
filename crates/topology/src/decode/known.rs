//! What the topology knows better than the data of this version.

use facts::{Additions, Facts, QuotaName};

use crate::shape::{Fields, tables};

pub(crate) fn facts(fields: Fields<'_>) -> Facts {
    let facts = fields.record("facts", &tables::FACTS);
    let quotas = facts.record("quotas", &tables::QUOTAS);
    let given = QuotaName::ALL.iter().filter_map(|name| {
        let key = name.as_str().replace('-', "_");
        tables::QUOTAS.field(&key)?;
        Some((*name, u64::from(quotas.integer(&key)?)))
    });
    Facts::with(Additions {
        fleet_regions: facts.texts("fleet_regions"),
        flexmatch_regions: facts.texts("flexmatch_regions"),
        locations: facts.texts("locations"),
        instances: facts.texts("instances"),
        quotas: given.collect(),
    })
}
