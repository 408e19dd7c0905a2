//! What a matchmaker reports.

use std::fmt;
use std::time::Duration;

use super::judge::RuleVerdict;
use super::tally::RuleMetrics;
use super::ticket::{PlayerId, TicketId};

/// A fact about tickets. The variants up to `Failed` hold what the FlexMatch events of these names say.
/// <https://docs.aws.amazon.com/gameliftservers/latest/flexmatchguide/match-events.html>
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A ticket entered the pool, or came back from a match that was dropped (`MatchmakingSearching`).
    Searching {
        /// Which one.
        ticket: TicketId,
        /// How long recent tickets waited; `None` before the first match.
        estimated_wait: Option<Duration>,
    },
    /// A match was formed (`PotentialMatchCreated`).
    PotentialMatchCreated {
        /// The match.
        formed: FormedMatch,
        /// How long players have to accept; `None` when no acceptance is needed.
        acceptance_timeout: Option<Duration>,
    },
    /// Players answered (`AcceptMatch`).
    AcceptMatch {
        /// The proposed match.
        id: MatchId,
        /// Everybody's answer so far.
        answers: Vec<Answer>,
    },
    /// The acceptance phase ended (`AcceptMatchCompleted`).
    AcceptMatchCompleted {
        /// The proposed match.
        id: MatchId,
        /// How it ended.
        outcome: AcceptanceOutcome,
        /// Everybody's last answer.
        answers: Vec<Answer>,
    },
    /// The match is final: its tickets have left the matchmaker and wait for a game session. Whoever places it reports
    /// `MatchmakingSucceeded` or `MatchmakingFailed`.
    Ready(FormedMatch),
    /// A ticket ran out of time (`MatchmakingTimedOut`).
    TimedOut {
        /// Which one.
        ticket: TicketId,
        /// Evaluations that the ticket took part in.
        metrics: Vec<RuleMetrics>,
    },
    /// A ticket was taken back (`MatchmakingCancelled`; GameLift publishes nothing for [`CancelCause::Replaced`]).
    Cancelled {
        /// Which one.
        ticket: TicketId,
        /// Why.
        cause: CancelCause,
        /// Evaluations that the ticket took part in.
        metrics: Vec<RuleMetrics>,
    },
    /// A ticket's players didn't accept the match (`MatchmakingFailed`; the ticket's status is `CANCELLED`).
    Failed {
        /// Which one.
        ticket: TicketId,
        /// The match that was dropped.
        id: MatchId,
        /// Why.
        reason: FailureReason,
    },
}

/// A match's id; shown as a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatchId(pub(super) u128);

/// Tickets that play together.
#[derive(Debug, Clone, PartialEq)]
pub struct FormedMatch {
    /// Unique among the matches of one matchmaker.
    pub id: MatchId,
    /// In the order of the rule set; players in the order in which they were added.
    pub teams: Vec<MatchedTeam>,
    /// The tickets, the one that the match was built around first.
    pub tickets: Vec<TicketId>,
    /// The session to fill, when the match is a backfill.
    pub game_session: Option<String>,
    /// The location that everybody with latency data can use and whose average latency is lowest.
    pub location: Option<String>,
    /// The age in seconds from which the requirements apply that the match satisfies: 0, or an expansion step's.
    pub requirements_age: u32,
    /// What each rule comes to in this match.
    pub verdicts: Vec<RuleVerdict>,
    /// Evaluations while the match was built.
    pub metrics: Vec<RuleMetrics>,
}

/// One team of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedTeam {
    /// As in the rule set, numbered when an entry stands for several teams.
    pub name: String,
    /// Its players.
    pub players: Vec<MatchedPlayer>,
}

/// A player of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedPlayer {
    /// Who.
    pub id: PlayerId,
    /// The ticket that brought the player; for seated players the backfill ticket.
    pub ticket: TicketId,
}

/// A player's answer to a proposed match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whose.
    pub player: PlayerId,
    /// The player's ticket.
    pub ticket: TicketId,
    /// `None` while the player hasn't answered.
    pub accepted: Option<bool>,
}

/// How an acceptance phase ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptanceOutcome {
    /// Everybody accepted.
    Accepted,
    /// Somebody rejected, or a ticket was taken back.
    Rejected,
    /// Somebody didn't answer in time.
    TimedOut,
}

/// Why a ticket was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelCause {
    /// Its owner stopped it.
    Requested,
    /// A newer ticket holds one of its players, or a newer backfill request its session.
    Replaced,
}

/// Why a ticket failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureReason {
    /// One of its players rejected the match.
    Rejected,
    /// One of its players didn't answer in time, or before another player's rejection.
    NotAnswered,
}

impl FormedMatch {
    /// Everybody in the match, team by team.
    pub fn players(&self) -> impl Iterator<Item = &MatchedPlayer> {
        self.teams.iter().flat_map(|team| &team.players)
    }
}

impl fmt::Display for MatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The bits of version 4 and of the variant, as RFC 9562 section 5.4 places them.
        let bits = self.0 & !(0xF << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
        let hex = format!("{bits:032x}");
        let parts = [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ];
        f.write_str(&parts.join("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::MatchId;

    #[test]
    fn a_match_id_is_a_random_uuid() {
        assert_eq!(
            MatchId(0).to_string(),
            "00000000-0000-4000-8000-000000000000"
        );
        assert_eq!(
            MatchId(u128::MAX).to_string(),
            "ffffffff-ffff-4fff-bfff-ffffffffffff"
        );
    }
}
