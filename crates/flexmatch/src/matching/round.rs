//! One attempt to form matches from the whole pool.

use std::collections::BTreeMap;

use super::batch::{self, Candidate};
use super::event::{MatchedPlayer, MatchedTeam};
use super::judge::{RuleVerdict, verdicts};
use super::lineup::Lineup;
use super::member::Member;
use super::moment::Moment;
use super::pool::{Key, Record, Request};
use super::program::Program;
use super::search::Search;
use super::symbols::{Location, LocationSet};
use super::tally::Tally;
use super::ticket::TicketId;
use crate::model::rule::PartyAggregation;

/// What an attempt found.
pub(super) struct Round {
    pub(super) matches: Vec<Found>,
    /// The evaluations that each ticket took part in.
    pub(super) tallies: Vec<(Key, Tally)>,
    /// How many batches the pool was dealt into.
    pub(super) batches: usize,
}

/// A match.
pub(super) struct Found {
    /// Its tickets, the anchor first.
    pub(super) keys: Vec<Key>,
    pub(super) teams: Vec<MatchedTeam>,
    pub(super) game_session: Option<String>,
    pub(super) location: Option<Location>,
    pub(super) requirements_age: u32,
    pub(super) verdicts: Vec<RuleVerdict>,
    pub(super) evaluations: Tally,
}

impl Round {
    pub(super) fn run(
        program: &Program,
        pool: &BTreeMap<Key, Record>,
        now: Moment,
        open_slots: u32,
        random: &mut fastrand::Rng,
    ) -> Self {
        let candidates: Vec<Candidate<'_>> = pool
            .values()
            .filter(|record| !matches!(record.request, Request::Unmatchable))
            .map(|record| Candidate {
                record,
                stage: program.stage_at(now.since(record.key.0)),
            })
            .collect();
        let mut tallies = vec![Tally::new(program.rule_names.len()); candidates.len()];
        let batches = batch::deal(program, &candidates, random);
        let mut matches = Vec::new();
        let mut search = Search {
            program,
            candidates: &candidates,
            tallies: &mut tallies,
            open_slots,
        };
        for batch in &batches {
            search_batch(&mut search, batch, random, &mut matches);
        }
        let keys = candidates.iter().map(|candidate| candidate.record.key);
        Self {
            matches,
            tallies: keys.zip(tallies).collect(),
            batches: batches.len(),
        }
    }
}

fn search_batch(
    search: &mut Search<'_, '_>,
    batch: &[usize],
    random: &mut fastrand::Rng,
    matches: &mut Vec<Found>,
) {
    let mut left = batch.to_vec();
    for anchor in batch::anchors(search.program, search.candidates, batch) {
        if left.binary_search(&anchor).is_err() {
            continue;
        }
        let lots: Vec<u64> = search
            .program
            .team_names
            .iter()
            .map(|_| random.u64(..))
            .collect();
        let mut others: Vec<usize> = left
            .iter()
            .copied()
            .filter(|other| *other != anchor)
            .collect();
        batch::order(search.program, search.candidates, anchor, &mut others);
        if let Some((lineup, evaluations)) = search.around(anchor, &others, &lots) {
            let found = found(search, anchor, &lineup, evaluations);
            let matched =
                |index: &usize| found.keys.contains(&search.candidates[*index].record.key);
            left.retain(|index| !matched(index));
            matches.push(found);
        }
    }
}

fn found(search: &Search<'_, '_>, anchor: usize, lineup: &Lineup<'_>, evaluations: Tally) -> Found {
    let anchor = search.candidates[anchor].record;
    let ticket_of = |team: usize, member: usize| -> TicketId {
        let mut seats = lineup.seats().iter();
        let seat = seats.find(|seat| seat.team == team && seat.member == member);
        // Who was there before came with the backfill ticket.
        seat.map_or(anchor, |seat| search.candidates[seat.ticket].record)
            .id
            .clone()
    };
    let players_of = |team: usize| {
        let members = lineup.members(team).iter().enumerate();
        let players = members.flat_map(|(index, member)| {
            let ticket = ticket_of(team, index);
            member.players.iter().map(move |id| MatchedPlayer {
                id: id.clone(),
                ticket: ticket.clone(),
            })
        });
        players.collect()
    };
    let others = lineup
        .seats()
        .iter()
        .map(|seat| search.candidates[seat.ticket].record.key);
    Found {
        keys: std::iter::once(anchor.key)
            .chain(others.filter(|key| *key != anchor.key))
            .collect(),
        teams: search
            .program
            .team_names
            .iter()
            .enumerate()
            .map(|(team, name)| MatchedTeam {
                name: name.clone(),
                players: players_of(team),
            })
            .collect(),
        game_session: match &anchor.request {
            Request::Backfill { game_session, .. } => Some(game_session.clone()),
            Request::Open(_) | Request::Unmatchable => None,
        },
        location: suggest(lineup),
        requirements_age: lineup.stage().from,
        verdicts: verdicts(search.program, lineup),
        evaluations,
    }
}

/// The location with the lowest average latency among those that everybody can use.
fn suggest(lineup: &Lineup<'_>) -> Option<Location> {
    let usable = lineup.all_members().map(|member| usable(member, lineup));
    let usable = usable.fold(lineup.reported(), LocationSet::and);
    let mut locations: Vec<Location> = lineup
        .all_members()
        .flat_map(Member::locations)
        .filter(|location| usable.contains(*location))
        .collect();
    locations.sort_unstable();
    locations.dedup();
    let average = |location: &Location| {
        let latencies = lineup
            .all_members()
            .filter_map(|member| member.latency(*location, PartyAggregation::Avg));
        latencies.sum::<f64>()
    };
    locations
        .into_iter()
        .min_by(|left, right| average(left).total_cmp(&average(right)))
}

/// The locations within every latency limit that stands alone.
fn usable(member: &Member, lineup: &Lineup<'_>) -> LocationSet {
    let limits = lineup
        .stage()
        .rules
        .iter()
        .filter_map(|rule| rule.test.latency_limit());
    limits
        .map(|limit| member.within[limit])
        .fold(LocationSet::ALL, LocationSet::and)
}
