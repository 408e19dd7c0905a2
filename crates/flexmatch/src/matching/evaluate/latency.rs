//! Latency rules that compare players with each other.

use super::Lineup;
use crate::matching::symbols::{Location, LocationSet};
use crate::model::rule::{DistanceReference, PartyAggregation};

/// Whether one location is within the limit for all, and no party lies further from the reference there.
pub(super) fn is_even(
    lineup: &Lineup<'_>,
    limit: usize,
    party: PartyAggregation,
    max_distance: f64,
    reference: DistanceReference,
) -> bool {
    let within = lineup.all_members().map(|member| member.within[limit]);
    let within = within.fold(LocationSet::ALL, LocationSet::and);
    let mut locations = lineup
        .all_members()
        .take(1)
        .flat_map(|member| member.locations());
    locations.any(|location| {
        within.contains(location) && is_even_at(lineup, location, party, max_distance, reference)
    })
}

fn is_even_at(
    lineup: &Lineup<'_>,
    location: Location,
    party: PartyAggregation,
    max_distance: f64,
    reference: DistanceReference,
) -> bool {
    let latencies: Option<Vec<f64>> = lineup
        .all_members()
        .map(|member| member.latency(location, party))
        .collect();
    let Some(latencies) = latencies else {
        return false;
    };
    let function = match reference {
        DistanceReference::Min => crate::Function::Min,
        DistanceReference::Avg => crate::Function::Avg,
    };
    super::value::numeric(function, latencies.clone()).is_none_or(|reference| {
        latencies
            .iter()
            .all(|millis| (millis - reference).abs() <= max_distance)
    })
}
