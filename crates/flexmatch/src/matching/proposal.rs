//! Matches that wait for their players' answers.

use std::collections::BTreeMap;

use super::event::{Answer, FormedMatch};
use super::pool::{Record, Request};
use super::ticket::{PlayerId, TicketId};

/// What players say to a proposed match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// They play.
    Accept,
    /// They don't, so that the match is dropped.
    Reject,
}

/// No ticket of this id is in the matchmaker.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("ticket `{0}` isn't in matchmaking")]
pub struct UnknownTicket(pub TicketId);

/// Why an answer isn't taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The ticket isn't there.
    #[error(transparent)]
    UnknownTicket(#[from] UnknownTicket),
    /// Nothing was proposed to the ticket.
    #[error("ticket `{0}` isn't part of a match that waits for acceptance")]
    NotProposed(TicketId),
    /// The ticket doesn't bring that player.
    #[error("ticket `{ticket}` has no player `{player}`")]
    UnknownPlayer {
        /// The ticket.
        ticket: TicketId,
        /// Who.
        player: PlayerId,
    },
}

/// A match and what its players said so far.
#[derive(Debug)]
pub(super) struct Proposal {
    pub(super) formed: FormedMatch,
    pub(super) records: Vec<Record>,
    pub(super) answers: BTreeMap<PlayerId, Response>,
}

/// What a ticket's players said together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    Rejected,
    Open,
}

impl Proposal {
    /// Everybody who is asked, with the answer so far.
    pub(super) fn answers(&self) -> Vec<Answer> {
        let asked = self.records.iter().filter(|record| is_asked(record));
        let of_ticket = |record: &Record| {
            let players = record.players.iter();
            let answer = |player: &PlayerId| Answer {
                player: player.clone(),
                ticket: record.id.clone(),
                accepted: self
                    .answers
                    .get(player)
                    .map(|response| *response == Response::Accept),
            };
            players.map(answer).collect::<Vec<_>>()
        };
        asked.flat_map(of_ticket).collect()
    }

    pub(super) fn verdict(&self, record: &Record) -> Verdict {
        let mut verdict = Verdict::Accepted;
        for player in record.players.iter().filter(|_| is_asked(record)) {
            match self.answers.get(player) {
                Some(Response::Accept) => {}
                Some(Response::Reject) => return Verdict::Rejected,
                None => verdict = Verdict::Open,
            }
        }
        verdict
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.records
            .iter()
            .all(|record| self.verdict(record) == Verdict::Accepted)
    }

    pub(super) fn is_rejected(&self) -> bool {
        self.records
            .iter()
            .any(|record| self.verdict(record) == Verdict::Rejected)
    }
}

fn is_asked(record: &Record) -> bool {
    !matches!(record.request, Request::Backfill { .. })
}
