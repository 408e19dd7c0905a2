//! Who would be in the ticket, and whether they are free. Reads rows; the write's conditions hold what is found here.

use std::collections::BTreeMap;

use serde_json::Value;
use tickets::answer::Problem;
use tickets::attributes::{Attribute, Declaration, choose};
use tickets::id::{PlayerId, TicketId};
use tickets::player::Player;
use tickets::stores::{Claim, PlayerStore, StoreError, TicketStore};
use tickets::ticket::Ticket;
use tickets::timestamp::Timestamp;

/// What the players' rows say.
pub(crate) enum Lobby {
    /// The caller is in an open ticket.
    Waiting(Box<Ticket>),
    /// Everybody may join a new one; the caller comes first.
    Free(Vec<Seat>),
}

/// A player and what must still hold when the ticket is written.
pub(crate) struct Seat {
    pub(crate) claim: Claim,
    stored: BTreeMap<String, Value>,
}

/// What a player's row says about their last ticket.
enum Bond {
    /// Bound to a ticket that is still open.
    Open(Box<Ticket>),
    /// Still bound to a ticket that is over.
    Stale(TicketId),
    /// Not bound.
    None,
}

/// Reads the caller and the party.
pub(crate) async fn gather(
    caller: &PlayerId,
    party: &[PlayerId],
    store: &(impl TicketStore + PlayerStore),
    now: Timestamp,
) -> Result<Lobby, Problem> {
    let player = read(caller, store).await?;
    let stale = match bond(&player, store, now).await? {
        Bond::Open(ticket) => return Ok(Lobby::Waiting(ticket)),
        Bond::Stale(ticket) => Some(ticket),
        Bond::None => None,
    };
    let mut seats = vec![Seat::new(player, stale, None)];
    for member in party {
        seats.push(member_seat(member, caller, store, now).await?);
    }
    Ok(Lobby::Free(seats))
}

/// A member is taken along only if their own row names the caller as leader: nobody is matched against their will.
async fn member_seat(
    member: &PlayerId,
    caller: &PlayerId,
    store: &(impl TicketStore + PlayerStore),
    now: Timestamp,
) -> Result<Seat, Problem> {
    let player = read(member, store).await?;
    if player.party_leader.as_ref() != Some(caller) {
        return Err(Problem::conflict(
            "not_in_party",
            "a player in `party` does not follow the caller",
        ));
    }
    let stale = match bond(&player, store, now).await? {
        Bond::Open(_) => {
            return Err(Problem::conflict(
                "member_busy",
                "a player in `party` is in another ticket",
            ));
        }
        Bond::Stale(ticket) => Some(ticket),
        Bond::None => None,
    };
    Ok(Seat::new(player, stale, Some(caller.clone())))
}

async fn read(id: &PlayerId, store: &impl PlayerStore) -> Result<Player, StoreError> {
    Ok(store
        .player(id)
        .await?
        .unwrap_or_else(|| Player::unknown(id.clone())))
}

/// A ticket that is gone, over or without this player no longer binds: rows outlive neither their time nor a failed
/// release.
async fn bond(
    player: &Player,
    store: &impl TicketStore,
    now: Timestamp,
) -> Result<Bond, StoreError> {
    let Some(id) = &player.open_ticket else {
        return Ok(Bond::None);
    };
    let ticket = store.ticket(id).await?;
    let open = ticket.filter(|ticket| !ticket.is_over(now) && ticket.includes(&player.player_id));
    Ok(open.map_or_else(
        || Bond::Stale(id.clone()),
        |ticket| Bond::Open(Box::new(ticket)),
    ))
}

impl Seat {
    fn new(player: Player, stale: Option<TicketId>, leader: Option<PlayerId>) -> Self {
        Self {
            claim: Claim {
                player: player.player_id,
                stale,
                leader,
            },
            stored: player.attributes,
        }
    }

    /// The player's attributes for FlexMatch. Offers were checked before; what fails here is stored or configured.
    pub(crate) fn attributes(
        &self,
        declared: &BTreeMap<String, Declaration>,
        offered: &BTreeMap<String, Value>,
    ) -> Result<BTreeMap<String, Attribute>, Problem> {
        let is_caller = self.claim.leader.is_none();
        let nothing = BTreeMap::new();
        let offered = if is_caller { offered } else { &nothing };
        choose(declared, &self.stored, offered).map_err(|error| Problem::unavailable(&error))
    }
}
