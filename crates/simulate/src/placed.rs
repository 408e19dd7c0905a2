//! What a queue did with the matches that were formed.

use std::collections::BTreeMap;

use placement::Latencies;

use crate::queue::Queue;
use crate::report::{Percentiles, Placement, PolicyShare, ratio, shares};

/// Counts of one queue.
pub(crate) struct Placements<'a> {
    queue: &'a Queue,
    waits: Vec<f64>,
    fleets: BTreeMap<String, usize>,
    unplaced: usize,
    unplaced_players: usize,
}

impl<'a> Placements<'a> {
    pub(crate) const fn new(queue: &'a Queue) -> Self {
        Self {
            queue,
            waits: Vec::new(),
            fleets: BTreeMap::new(),
            unplaced: 0,
            unplaced_players: 0,
        }
    }

    /// Where a match goes, by the latencies of its players.
    pub(crate) fn place(&mut self, latencies: &Latencies, players: usize) -> Option<String> {
        let Some(placed) = self.queue.place(latencies) else {
            self.unplaced += 1;
            self.unplaced_players += players;
            return None;
        };
        self.waits.push(placed.waited);
        let fleet = format!("{} in {}", placed.place.fleet, placed.place.region);
        *self.fleets.entry(fleet).or_default() += 1;
        Some(placed.place.location)
    }

    pub(crate) fn report(self, matches: usize) -> Placement {
        Placement {
            policies: self.policies(matches),
            queue: self.queue.name.clone(),
            placed_matches: self.waits.len(),
            unplaced_matches: self.unplaced,
            unplaced_players: self.unplaced_players,
            unplaced_share: ratio(self.unplaced, matches),
            fleets: shares(self.fleets, matches),
            wait_seconds: Percentiles::of(self.waits),
        }
    }

    fn policies(&self, matches: usize) -> Vec<PolicyShare> {
        let caps = self.queue.rules.caps();
        let until = |index: usize| caps.get(index + 1).map_or(f64::INFINITY, |(from, _)| *from);
        let policies = caps.iter().enumerate();
        policies
            .map(|(index, (from, cap))| {
                let passed = |wait: &&f64| (*from..until(index)).contains(*wait);
                let found = self.waits.iter().filter(passed).count();
                PolicyShare {
                    from_seconds: *from,
                    at_most_millis: *cap,
                    matches: found,
                    share: ratio(found, matches),
                }
            })
            .collect()
    }
}
