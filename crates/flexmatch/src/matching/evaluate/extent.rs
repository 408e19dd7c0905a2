//! How much of what a rule limits is in a line-up.

use std::cell::Cell;

use super::value::{self, Leaf};
use super::{
    Lineup, Measure, Reference, Symbol, all_leaves, count, leaves_of, occurrences, spread,
};
use crate::matching::judge::{Extent, Quantity};
use crate::matching::program::Test;
use crate::matching::symbols::LocationSet;

/// The value of what a test limits; `None` when it limits no number, or nothing is there to measure.
pub(in crate::matching) fn extent(test: &Test, lineup: &Lineup<'_>) -> Option<Extent> {
    let (quantity, value) = match test {
        Test::Compare {
            measured,
            reference,
            ..
        }
        | Test::Distance {
            measured,
            reference,
            ..
        } => (Quantity::Distance, largest(measured, reference, lineup)?),
        Test::Spread { column, .. } => (Quantity::Distance, spread(*column, lineup)),
        Test::Latency { limit } | Test::LatencyDistance { limit, .. } => {
            (Quantity::Latency, worst_latency(*limit, lineup)?)
        }
        Test::Common { measured, .. } => {
            let shared = |measure| {
                let sets = value::of(measure, lineup).into_sets();
                (!sets.is_empty()).then(|| value::intersection(&sets).len())
            };
            (
                Quantity::Count,
                count(measured.iter().filter_map(shared).min()?),
            )
        }
        Test::Contains { measured, text, .. } => {
            let found = |measure| occurrences(*text, measure, lineup);
            (Quantity::Count, count(measured.iter().map(found).min()?))
        }
        Test::Overlap {
            measured,
            reference,
            ..
        } => (
            Quantity::Count,
            count(smallest_overlap(measured, reference, lineup)?),
        ),
        Test::AllEqual(_)
        | Test::AllDifferent(_)
        | Test::Same(_)
        | Test::And(_)
        | Test::Or(_)
        | Test::Xor(_)
        | Test::Not(_)
        | Test::Always => return None,
    };
    value.is_finite().then_some(Extent { quantity, value })
}

/// The largest distance of a measured number from a reference number.
fn largest(measured: &[Measure], reference: &Reference, lineup: &Lineup<'_>) -> Option<f64> {
    let references = leaves_of(reference, lineup);
    let largest = Cell::new(None);
    for measure in measured {
        all_leaves(measure, lineup, &mut |leaf| {
            for reference in &references {
                if let (Leaf::Number(left), Leaf::Number(right)) = (leaf, *reference) {
                    let distance = (left - right).abs();
                    largest.set(Some(
                        largest.get().map_or(distance, |far: f64| far.max(distance)),
                    ));
                }
            }
            true
        });
    }
    largest.get()
}

/// Milliseconds of the furthest party, at the usable location where that is least.
fn worst_latency(limit: usize, lineup: &Lineup<'_>) -> Option<f64> {
    let party = lineup.limit(limit).party;
    let within = lineup.all_members().map(|member| member.within[limit]);
    let within = within.fold(LocationSet::ALL, LocationSet::and);
    let first = lineup.all_members().next()?;
    let usable = first
        .locations()
        .filter(|location| within.contains(*location));
    usable
        .filter_map(|location| {
            let millis: Option<Vec<f64>> = lineup
                .all_members()
                .map(|member| member.latency(location, party))
                .collect();
            millis?.into_iter().reduce(f64::max)
        })
        .min_by(f64::total_cmp)
}

fn smallest_overlap(
    measured: &[Measure],
    reference: &Reference,
    lineup: &Lineup<'_>,
) -> Option<usize> {
    let wanted: Vec<Symbol> = super::texts_of(reference, lineup);
    let sets = measured
        .iter()
        .flat_map(|measure| value::of(measure, lineup).into_sets());
    sets.map(|set| super::shared(&set, &wanted)).min()
}
