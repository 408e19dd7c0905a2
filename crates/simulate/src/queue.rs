//! Where matches are played: the queue between matchmaking and fleets.

use std::time::Duration;

use placement::{Latencies, Place, Rules};

/// A game session queue with the places behind it. Every place always has room: capacity isn't played.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// How long a placement is tried.
    pub timeout: Duration,
    /// Latency policies and priorities.
    pub rules: Rules,
    /// The locations of its fleets.
    pub places: Vec<Place>,
}

/// How a match was placed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Placed {
    pub(crate) place: Place,
    /// Seconds in the queue.
    pub(crate) waited: f64,
}

impl Queue {
    /// Where a match goes; `None` when no place will do until the queue gives up.
    pub(crate) fn place(&self, latencies: &Latencies) -> Option<Placed> {
        self.changes().into_iter().find_map(|waited| {
            let ranked = self
                .rules
                .ranked(self.places.clone(), latencies, None, waited);
            let place = ranked.into_iter().next()?;
            Some(Placed { place, waited })
        })
    }

    /// The seconds at which more places may do than before.
    fn changes(&self) -> Vec<f64> {
        let mut changes = vec![0.0];
        let later = self.rules.caps().into_iter().map(|(from, _)| from);
        changes.extend(later.filter(|from| *from > 0.0 && *from < self.timeout.as_secs_f64()));
        changes
    }
}
