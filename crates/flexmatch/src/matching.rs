//! Forms matches as FlexMatch does: tickets in, the facts of FlexMatch's events out.
//!
//! In: a checked [`RuleSet`](crate::RuleSet), tickets, answers to proposals and the time. Out: [`Event`]s. Never reads a
//! clock, never waits and does no I/O: the same calls with the same seed give the same matches on any machine.
//!
//! | module | job |
//! |---|---|
//! | `choices` | everything that AWS doesn't say and that is therefore chosen here |
//! | `ticket`, `event`, `moment` | what goes in and out |
//! | `program` | the rule set resolved to indices, once per set of requirements that a ticket's age selects |
//! | `member` | a party resolved to the values that the program reads |
//! | `lineup`, `evaluate` | a match in the making, and whether it satisfies the rules |
//! | `judge` | what each rule comes to in a match that was found |
//! | `round`, `batch`, `search` | one attempt over the pool, the order of tickets, one match around its oldest ticket |
//! | `matchmaker`, `pool`, `proposal` | tickets from start to end |

mod batch;
pub mod choices;
mod evaluate;
mod event;
mod judge;
mod lineup;
mod matchmaker;
mod member;
mod moment;
mod pool;
mod program;
mod proposal;
mod round;
mod search;
mod symbols;
mod tally;
mod ticket;

pub use event::{
    AcceptanceOutcome, Answer, CancelCause, Event, FailureReason, FormedMatch, MatchId,
    MatchedPlayer, MatchedTeam,
};
pub use judge::{Extent, Quantity, RuleVerdict};
pub use matchmaker::{Matchmaker, MatchmakerOptions};
pub use moment::Moment;
pub use pool::Refused;
pub use proposal::{AnswerError, Response, UnknownTicket};
pub use tally::RuleMetrics;
pub use ticket::{BackfillRequest, Player, PlayerId, SeatedPlayer, Ticket, TicketId};
