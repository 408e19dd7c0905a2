//! Players who are asked whether they play the match that was found.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use flexmatch::matching::{FormedMatch, Moment, PlayerId, Response, TicketId};
use serde::Deserialize;

/// What players do with a proposed match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Acceptance {
    /// Share who reject it, 0 to 1.
    pub rejects: f64,
    /// Share who don't answer, 0 to 1.
    pub ignores: f64,
    /// The longest time until an answer, in seconds; any up to it is equally likely.
    pub seconds: f64,
}

/// An answer that will come.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Answer {
    pub(crate) at: Moment,
    pub(crate) ticket: TicketId,
    pub(crate) player: PlayerId,
    accepts: bool,
}

impl Answer {
    pub(crate) const fn response(&self) -> Response {
        if self.accepts {
            Response::Accept
        } else {
            Response::Reject
        }
    }
}

/// Answers in the order of time.
pub(crate) struct Answers {
    habits: Acceptance,
    random: fastrand::Rng,
    waiting: BinaryHeap<Reverse<Answer>>,
}

impl Answers {
    pub(crate) fn new(habits: Acceptance, seed: u64) -> Self {
        Self {
            habits,
            random: fastrand::Rng::with_seed(seed ^ 0xACCE),
            waiting: BinaryHeap::new(),
        }
    }

    /// Everybody in the match is asked.
    pub(crate) fn ask(&mut self, formed: &FormedMatch, now: Moment) {
        for player in formed.players() {
            let lot = self.random.f64();
            let delay = self.habits.seconds * self.random.f64();
            if lot < self.habits.ignores {
                continue;
            }
            self.waiting.push(Reverse(Answer {
                at: now.after(Duration::from_secs_f64(delay)),
                ticket: player.ticket.clone(),
                player: player.id.clone(),
                accepts: lot >= self.habits.ignores + self.habits.rejects,
            }));
        }
    }

    /// When the next answer comes.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.waiting.peek().map(|Reverse(answer)| answer.at)
    }

    /// The next answer, if it has come by now.
    pub(crate) fn take(&mut self, now: Moment) -> Option<Answer> {
        let due = self.next().is_some_and(|at| at <= now);
        due.then(|| self.waiting.pop())
            .flatten()
            .map(|Reverse(answer)| answer)
    }
}
