//! `POST /tickets`: opens a ticket for a player or a party and asks FlexMatch for a match.
//!
//! The row is written before FlexMatch hears of the ticket, so an event never meets a ticket without a row. One open
//! ticket per player is a condition of that write; what was read before only chooses the answer.

mod lobby;
mod request;
mod settings;

pub use settings::Settings;

use serde_json::json;
use tickets::answer::{Answer, Problem};
use tickets::api::ApiCall;
use tickets::apply::{Idle, apply};
use tickets::id::PlayerId;
use tickets::matchmaker::{MatchPlayer, MatchRequest, Matchmaker, MatchmakerError};
use tickets::state::Signal;
use tickets::stores::{Claim, PlayerStore, TicketStore, Written};
use tickets::telemetry::Journal;
use tickets::ticket::{Observation, Ticket};
use tickets::timestamp::Timestamp;
use tickets::view::TicketView;

use crate::lobby::{Lobby, Seat};
use crate::request::Wish;

/// How often the write is tried while the players' rows change underneath.
const ATTEMPTS: u32 = 3;

/// Opens a ticket (202) or answers with the one the caller is in already (200).
pub async fn handle(
    call: &ApiCall,
    settings: &Settings,
    store: &(impl TicketStore + PlayerStore),
    matchmaker: &impl Matchmaker,
    now: Timestamp,
    journal: &Journal<'_>,
) -> Result<Answer, Problem> {
    let caller = call.player()?;
    let wish = request::read(call, caller, settings)?;
    let (ticket, request) = match open(caller, &wish, settings, store, now).await? {
        Opened::Before(ticket) => {
            journal.count("TicketsReused", 1);
            return Ok(Answer::json(200, &TicketView::new(&ticket, caller)));
        }
        Opened::Now(ticket, request) => (ticket, request),
    };
    if let Err(error) = matchmaker.start(&request).await {
        abandon(&ticket, &error, store, matchmaker, now, journal).await;
        return Err(refusal(&error));
    }
    journal.count("TicketsOpened", 1);
    let fields = json!({"ticket_id": ticket.ticket_id, "matchmaker": ticket.matchmaker, "players": ticket.players.len()});
    journal.info("matchmaking started", &fields);
    Ok(Answer::json(202, &TicketView::new(&ticket, caller)))
}

enum Opened {
    /// The caller waits already.
    Before(Box<Ticket>),
    /// Written just now; FlexMatch is next.
    Now(Box<Ticket>, MatchRequest),
}

async fn open(
    caller: &PlayerId,
    wish: &Wish<'_>,
    settings: &Settings,
    store: &(impl TicketStore + PlayerStore),
    now: Timestamp,
) -> Result<Opened, Problem> {
    for _ in 0..ATTEMPTS {
        let seats = match lobby::gather(caller, &wish.party, store, now).await? {
            Lobby::Waiting(ticket) => return Ok(Opened::Before(ticket)),
            Lobby::Free(seats) => seats,
        };
        let ticket = new_ticket(caller, wish, settings, &seats, now);
        let request = match_request(&ticket, wish, settings, &seats)?;
        let claims: Vec<Claim> = seats.into_iter().map(|seat| seat.claim).collect();
        if store.open(&ticket, &claims).await? == Written::Yes {
            return Ok(Opened::Now(Box::new(ticket), request));
        }
    }
    Err(Problem::conflict(
        "contended",
        "another request of these players is under way",
    ))
}

fn new_ticket(
    caller: &PlayerId,
    wish: &Wish<'_>,
    settings: &Settings,
    seats: &[Seat],
    now: Timestamp,
) -> Ticket {
    Ticket::open(
        settings.prefix.new_ticket(),
        caller.clone(),
        seats.iter().map(|seat| seat.claim.player.clone()).collect(),
        wish.matchmaker,
        wish.matchmaker_settings.timeout_seconds,
        now,
    )
}

/// Everybody with their own attributes. What the caller offers is the caller's alone; the latency is the party's, since
/// a client measures its own only and a player without latency would never match.
fn match_request(
    ticket: &Ticket,
    wish: &Wish<'_>,
    settings: &Settings,
    seats: &[Seat],
) -> Result<MatchRequest, Problem> {
    let players = seats.iter().map(|seat| {
        Ok(MatchPlayer {
            player: seat.claim.player.clone(),
            attributes: seat.attributes(&settings.attributes, &wish.attributes)?,
            latency: wish.latency.clone(),
        })
    });
    Ok(MatchRequest {
        ticket: ticket.ticket_id.clone(),
        configuration: wish.matchmaker_settings.configuration.clone(),
        players: players.collect::<Result<_, Problem>>()?,
    })
}

/// Ends a ticket that FlexMatch did not take and lets its players go.
async fn abandon(
    ticket: &Ticket,
    error: &MatchmakerError,
    store: &(impl TicketStore + PlayerStore),
    matchmaker: &impl Matchmaker,
    now: Timestamp,
    journal: &Journal<'_>,
) {
    journal.count("StartsRefused", 1);
    let id = &ticket.ticket_id;
    if may_have_started(error)
        && let Err(error) = matchmaker.stop(id).await
    {
        journal.info(
            "nothing to stop",
            &json!({"ticket_id": id, "cause": error.to_string()}),
        );
    }
    let seen = Observation::bare(Signal::Failed, now)
        .because("NotStarted", "matchmaking could not be started");
    if let Err(error) = apply(store, id, &seen, Idle::Keep, now).await {
        // The reconciler ends it within the minute; until then the players get this ticket's status.
        journal.error(
            "ticket not ended",
            &json!({"ticket_id": id, "cause": error.to_string()}),
        );
    }
}

/// A call without an answer may have been heard, and its repetition by the SDK is then refused as a duplicate: both leave
/// a ticket that would match players who are gone.
const fn may_have_started(error: &MatchmakerError) -> bool {
    match error {
        MatchmakerError::Unavailable { .. } | MatchmakerError::Refused { .. } => true,
        MatchmakerError::Throttled { .. } | MatchmakerError::Unknown { .. } => false,
    }
}

fn refusal(error: &MatchmakerError) -> Problem {
    match error {
        MatchmakerError::Refused { .. } => {
            Problem::bad_request("matchmaking refused these players or attributes").caused_by(error)
        }
        MatchmakerError::Throttled { .. } => Problem::busy(error),
        // The matchmaker comes from our own settings: its absence is not the caller's fault.
        MatchmakerError::Unknown { .. } | MatchmakerError::Unavailable { .. } => {
            Problem::unavailable(error)
        }
    }
}

#[cfg(test)]
mod tests;
