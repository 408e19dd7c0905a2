//! Which tickets are looked at together, and in which order.

use std::cmp::Ordering;

use super::choices::{BATCH_MATCHES, BATCH_TICKETS};
use super::member::Member;
use super::pool::{Record, Request};
use super::program::{Program, Ranking, SortBy, SortValue};
use super::symbols::{Location, Symbol};
use crate::model::algorithm::{BackfillPriority, BatchingPreference};
use crate::model::rule::{MapKey, PartyAggregation, SortDirection};

/// A ticket of the pool as an attempt sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'p> {
    pub(super) record: &'p Record,
    /// The stage of the ticket's own age.
    pub(super) stage: usize,
}

impl<'p> Candidate<'p> {
    /// The party of an open ticket.
    pub(super) fn open(&self) -> Option<&'p Member> {
        match &self.record.request {
            Request::Open(member) => Some(member),
            Request::Backfill { .. } | Request::Unmatchable => None,
        }
    }

    /// Somebody whose values stand for the ticket's.
    fn representative(&self) -> Option<&'p Member> {
        match &self.record.request {
            Request::Open(member) => Some(member),
            Request::Backfill { seated, .. } => seated.first().map(|(_, member)| member),
            Request::Unmatchable => None,
        }
    }
}

/// Deals candidates, which stand in the order of age, into batches that keep this order.
pub(super) fn deal(
    program: &Program,
    candidates: &[Candidate<'_>],
    random: &mut fastrand::Rng,
) -> Vec<Vec<usize>> {
    let size = batch_size(program);
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    match program.algorithm.batching_preference {
        BatchingPreference::Random
        | BatchingPreference::Sorted
        | BatchingPreference::LargestPopulation
            if candidates.len() <= size => {}
        BatchingPreference::Random => order.sort_by_cached_key(|_| random.u64(..)),
        BatchingPreference::Sorted => {
            let keys = &program.sort_by;
            order
                .sort_by(|left, right| compare_keys(keys, &candidates[*left], &candidates[*right]));
        }
        BatchingPreference::LargestPopulation => by_balance(program, candidates, &mut order),
        BatchingPreference::FastestRegion => {
            by_balance(program, candidates, &mut order);
            return by_fastest_location(candidates, &order, size);
        }
    }
    cut(&order, size)
}

fn batch_size(program: &Program) -> usize {
    let players = program
        .stages
        .iter()
        .map(|stage| stage.teams.iter().map(|team| team.max).sum());
    let largest: u32 = players.max().unwrap_or_default();
    BATCH_TICKETS.max(
        usize::try_from(largest)
            .unwrap_or(usize::MAX)
            .saturating_mul(BATCH_MATCHES),
    )
}

/// Pieces of about equal size, each in the order of age again.
fn cut(order: &[usize], size: usize) -> Vec<Vec<usize>> {
    let pieces = order.len().div_ceil(size).max(1);
    let length = order.len().div_ceil(pieces).max(1);
    let in_age_order = |piece: &[usize]| {
        let mut piece = piece.to_vec();
        piece.sort_unstable();
        piece
    };
    order.chunks(length).map(in_age_order).collect()
}

fn by_balance(program: &Program, candidates: &[Candidate<'_>], order: &mut [usize]) {
    order.sort_by(|left, right| {
        let value =
            |index: usize| balance(program, &candidates[index]).unwrap_or(f64::NEG_INFINITY);
        value(*right).total_cmp(&value(*left))
    });
}

fn balance(program: &Program, candidate: &Candidate<'_>) -> Option<f64> {
    let column = program.balance?;
    Some(candidate.representative()?.numbers[column.0])
}

fn by_fastest_location(
    candidates: &[Candidate<'_>],
    order: &[usize],
    size: usize,
) -> Vec<Vec<usize>> {
    let mut groups: std::collections::BTreeMap<Option<Location>, Vec<usize>> =
        std::collections::BTreeMap::new();
    for index in order {
        let fastest = candidates[*index]
            .representative()
            .and_then(fastest_location);
        groups.entry(fastest).or_default().push(*index);
    }
    groups.values().flat_map(|group| cut(group, size)).collect()
}

fn fastest_location(member: &Member) -> Option<Location> {
    let latencies = member
        .locations()
        .filter_map(|location| Some((member.latency(location, PartyAggregation::Avg)?, location)));
    let fastest =
        latencies.min_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
    fastest.map(|(_, location)| location)
}

fn compare_keys(keys: &[SortValue], left: &Candidate<'_>, right: &Candidate<'_>) -> Ordering {
    let (Some(left), Some(right)) = (left.representative(), right.representative()) else {
        return Ordering::Equal;
    };
    let compared = keys.iter().map(|key| match key {
        SortValue::Number(column) => left.numbers[column.0].total_cmp(&right.numbers[column.0]),
        SortValue::Text(column) => left.sort_texts[*column].cmp(&right.sort_texts[*column]),
        SortValue::Map(..) => Ordering::Equal,
    });
    compared.fold(Ordering::Equal, Ordering::then)
}

/// The tickets of a batch in the order in which matches are built around them.
pub(super) fn anchors(
    program: &Program,
    candidates: &[Candidate<'_>],
    batch: &[usize],
) -> Vec<usize> {
    let mut anchors = batch.to_vec();
    anchors.sort_by_key(|index| {
        let is_open = candidates[*index].open().is_some();
        match program.algorithm.backfill_priority {
            BackfillPriority::High => is_open,
            BackfillPriority::Low => !is_open,
            BackfillPriority::Normal => false,
        }
    });
    anchors
}

/// Puts the tickets that are tried with an anchor into the order in which they are tried.
pub(super) fn order(
    program: &Program,
    candidates: &[Candidate<'_>],
    anchor: usize,
    others: &mut [usize],
) {
    let Some(anchor) = candidates[anchor].representative() else {
        return;
    };
    if let Some(column) = program.balance {
        let distance = |index: &usize| {
            let member = candidates[*index].representative();
            member.map_or(f64::INFINITY, |member| {
                (member.numbers[column.0] - anchor.numbers[column.0]).abs()
            })
        };
        others.sort_by(|left, right| distance(left).total_cmp(&distance(right)));
    }
    if !program.sorts.is_empty() {
        let ranks = |index: &usize| -> Vec<f64> {
            program
                .sorts
                .iter()
                .map(|sort| rank(sort, anchor, &candidates[*index]))
                .collect()
        };
        others.sort_by_cached_key(|index| Ranks(ranks(index)));
    }
}

/// The ranks by each sort rule, the first one decisive.
#[derive(PartialEq)]
struct Ranks(Vec<f64>);

impl Eq for Ranks {}

impl Ord for Ranks {
    fn cmp(&self, other: &Self) -> Ordering {
        let compared = self
            .0
            .iter()
            .zip(&other.0)
            .map(|(left, right)| left.total_cmp(right));
        compared.fold(Ordering::Equal, Ordering::then)
    }
}

impl PartialOrd for Ranks {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Lower is tried earlier; a ticket without the value comes last.
fn rank(sort: &SortBy, anchor: &Member, candidate: &Candidate<'_>) -> f64 {
    let value = candidate
        .representative()
        .and_then(|member| sort_value(sort, anchor, member));
    let reference = sort_value(sort, anchor, anchor);
    let ranked = match sort.ranking {
        Ranking::Absolute => value,
        Ranking::Distance => value
            .zip(reference)
            .map(|(value, reference)| (value - reference).abs()),
    };
    ranked.map_or(f64::INFINITY, |ranked| match sort.direction {
        SortDirection::Ascending => ranked,
        SortDirection::Descending => -ranked,
    })
}

fn sort_value(sort: &SortBy, anchor: &Member, member: &Member) -> Option<f64> {
    match &sort.value {
        SortValue::Number(column) => Some(member.numbers[column.0]),
        SortValue::Map(column, key) => {
            let key = favourite(&anchor.maps[column.0], *key)?;
            let mut entries = member.maps[column.0].iter();
            entries
                .find(|(known, _)| *known == key)
                .map(|(_, number)| *number)
        }
        SortValue::Text(_) => None,
    }
}

/// The anchor's key with the lowest or highest value.
fn favourite(map: &[(Symbol, f64)], key: MapKey) -> Option<Symbol> {
    let by_value = |left: &&(Symbol, f64), right: &&(Symbol, f64)| left.1.total_cmp(&right.1);
    let found = match key {
        MapKey::MinValue => map.iter().min_by(by_value),
        MapKey::MaxValue => map.iter().max_by(by_value),
    };
    found.map(|(symbol, _)| *symbol)
}
