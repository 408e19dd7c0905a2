//! What AWS doesn't say, and what was chosen instead. Everything here is unverified against AWS; where its documentation
//! speaks, the page is named.
//!
//! The published facts: the oldest ticket of a batch is the anchor, others are tried in the batch's order, one that breaks
//! a rule is skipped, a match satisfies all minima and rules and is filled as far as possible.
//! <https://docs.aws.amazon.com/gameliftservers/latest/flexmatchguide/match-tasks.html>
//!
//! **Batches.** At most [`BATCH_TICKETS`] tickets, or [`BATCH_MATCHES`] full matches if that is more. Tickets are dealt at
//! random, cut from the sorted pool, or, with `balanced`, cut from the pool sorted by the balanced attribute; with
//! `fastestRegion` per fastest location first. With one batch nothing is random about it. When several batches leave
//! tickets over, they are dealt again after [`RETRY`]; otherwise a new attempt waits for a new ticket or for an expansion.
//!
//! **Anchors.** Every ticket of a batch is an anchor once, oldest first, until it is matched. A backfill ticket is always
//! the anchor of its match: tickets without one are never merged into a session in the middle of building another match.
//! `backfillPriority` decides whether such anchors come first, last or by age.
//!
//! **Candidates** are tried by age; after sort rules by these; with `balanced` by distance from the anchor's balanced value.
//!
//! **Team of a ticket.** The order that AWS publishes for large matches holds for small ones, too: teams below their minimum
//! first, among them the one with most open slots. Ties go to the team with the lowest sum of the balanced attribute, then
//! by lot. The first team in which no rule breaks gets the ticket.
//!
//! **When a rule is evaluated.** A rule that further players can't repair (a latency limit, a spread) at every ticket. A rule
//! that they can repair (an average against an average) also at every ticket, as soon as each team it names has a player;
//! and if that finds no match, in a second pass only when all minima are met, where pairs of tickets may change teams. A
//! rule that few players can't satisfy yet (`count`, `sum`, `minDistance`, `minCount` of `contains`, `not`, `xor`) only
//! when all minima are met. The largest line-up that satisfied everything is the match.
//!
//! **Expansions** count whole seconds. With `newest` the clock is the youngest ticket in the line-up, backfill tickets
//! included; with `oldest` the anchor.
//!
//! **Parties.** `partyAggregation` gives one number or one list per party. Strings stay one per player, player ids and
//! `count` over players too. At a location where a member of the party has no latency the party has none.
//!
//! **Values.** `stddev` is the population's. Of an empty list `count` and `sum` are 0 and every other function has no value;
//! a rule whose value is missing passes. `contains` counts occurrences. Without bounds `intersection` and `contains` need
//! one and `reference_intersection_count` nothing. Of several reference values all must satisfy the comparison.
//!
//! **Latency.** A match needs one location that satisfies the rule for everybody. Reported locations bind also without a
//! latency rule.
//!
//! **Acceptance.** Published: a rejection drops the match, and so does silence until the time limit; a ticket whose players all
//! accepted returns to the pool, and one with a player who did not accept fails as a whole.
//! <https://docs.aws.amazon.com/gameliftservers/latest/flexmatchguide/match-client-accept.html>
//! <https://docs.aws.amazon.com/gamelift/latest/apireference/API_AcceptMatch.html>
//! So one rejection also ends the tickets of everybody who has not answered by then: they "did not accept", and there is no
//! third group. An older API reference, which amazonka-gamelift 2.0 still carries, had one: players "not yet responded" went
//! back to the pool with those who accepted; today's says nothing of the kind. Chosen: a rejection drops the match at once
//! rather than at the time limit, the seated players of a backfill aren't asked, who returns to the pool keeps the ticket's
//! age, and the request's time runs on while players decide, but a ticket times out only in the pool.
//!
//! **Estimated wait** is the mean wait of the last [`ESTIMATE_TICKETS`] matched tickets.

use std::time::Duration;

/// Most tickets of a batch, unless matches are large.
pub const BATCH_TICKETS: usize = 400;

/// The number of full matches that a batch has room for.
pub const BATCH_MATCHES: usize = 4;

/// When tickets that several batches left over are dealt again.
pub const RETRY: Duration = Duration::from_secs(1);

/// The number of matched tickets whose waits make the estimate.
pub const ESTIMATE_TICKETS: usize = 100;

/// Line-ups with exchanged tickets that one attempt evaluates at most.
pub const EXCHANGES: u32 = 200;

/// Most players of a ticket. <https://docs.aws.amazon.com/general/latest/gr/gamelift.html>
pub const MAX_TICKET_PLAYERS: usize = 10;

/// Most different locations that a matchmaker keeps apart: far more than Regions, local zones and custom locations together.
pub const MAX_LOCATIONS: usize = 128;
