//! Tables and FlexMatch in memory, with failures on request. For tests only: lock poisoning and absent rows panic.
#![expect(
    clippy::unwrap_used,
    reason = "a test that misuses a fake should stop there"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::id::{PlayerId, TicketId};
use crate::matchmaker::{Answer, MatchRequest, Matchmaker, MatchmakerError};
use crate::player::Player;
use crate::state::Signal;
use crate::stores::{Claim, PageKey, PlayerStore, SilentPage, StoreError, TicketStore, Written};
use crate::telemetry::Telemetry;
use crate::ticket::{Connection, Observation, PlayerOutcome, Ticket};
use crate::timestamp::Timestamp;

/// A queued ticket of matchmaker `duel` from second 1; the first player owns it.
pub fn ticket(id: &str, players: &[&str]) -> Ticket {
    let players: Vec<_> = players.iter().copied().map(PlayerId::new).collect();
    Ticket::open(
        TicketId::new(id),
        players[0].clone(),
        players,
        "duel",
        120,
        Timestamp::from_millis(1_000),
    )
}

/// A success at second 5 with a session `psess-<player>` for each player.
pub fn succeeded(players: &[&str]) -> Observation {
    let outcome = |name: &&str| PlayerOutcome {
        player: PlayerId::new(*name),
        session: Some(format!("psess-{name}")),
        accepted: None,
    };
    Observation {
        connection: Some(Connection {
            ip_address: Some("192.0.2.10".to_owned()),
            dns_name: Some("game.example.com".to_owned()),
            port: Some(7777),
            ..Connection::default()
        }),
        players: players.iter().map(outcome).collect(),
        ..Observation::bare(Signal::Succeeded, Timestamp::from_millis(5_000))
    }
}

/// Both tables in memory.
#[derive(Default)]
pub struct Memory(Mutex<Rows>);

#[derive(Default)]
struct Rows {
    tickets: BTreeMap<TicketId, Ticket>,
    players: BTreeMap<PlayerId, Player>,
    conflicts: u32,
    failing: BTreeSet<String>,
}

impl Memory {
    /// Holds one ticket whose players are bound to it.
    pub fn with(ticket: Ticket) -> Self {
        let memory = Self::default();
        memory.add(ticket);
        memory
    }

    /// Adds a ticket and binds its players to it.
    pub fn add(&self, ticket: Ticket) {
        for player in &ticket.players {
            self.bind(player.as_str(), ticket.ticket_id.as_str());
        }
        self.rows().tickets.insert(ticket.ticket_id.clone(), ticket);
    }

    /// Adds or replaces a player's row.
    pub fn add_player(&self, player: Player) {
        self.rows().players.insert(player.player_id.clone(), player);
    }

    /// Makes a player's row name a ticket.
    pub fn bind(&self, player: &str, ticket: &str) {
        let id = PlayerId::new(player);
        self.rows()
            .players
            .entry(id.clone())
            .or_insert_with(|| Player::unknown(id))
            .open_ticket = Some(TicketId::new(ticket));
    }

    /// Removes a ticket, as its time to live would.
    pub fn expire(&self, ticket: &str) {
        self.rows().tickets.remove(&TicketId::new(ticket));
    }

    /// Lets the next writes of tickets conflict.
    pub fn conflict_next(&self, times: u32) {
        self.rows().conflicts = times;
    }

    /// Lets reads and writes of a ticket fail.
    pub fn fail_ticket(&self, ticket: &str) {
        self.rows().failing.insert(ticket.to_owned());
    }

    /// Lets releases of a player fail.
    pub fn fail_release(&self, player: &PlayerId) {
        self.rows().failing.insert(player.to_string());
    }

    /// Ends all failures.
    pub fn heal(&self) {
        self.rows().failing.clear();
    }

    /// A ticket's row.
    pub fn stored(&self, ticket: &str) -> Ticket {
        self.rows()
            .tickets
            .get(&TicketId::new(ticket))
            .unwrap()
            .clone()
    }

    /// How many tickets there are.
    pub fn tickets(&self) -> usize {
        self.rows().tickets.len()
    }

    /// The only ticket there is.
    pub fn only_ticket(&self) -> Ticket {
        assert_eq!(self.tickets(), 1);
        self.rows().tickets.values().next().unwrap().clone()
    }

    /// The ticket a player's row names.
    pub fn open_ticket(&self, player: &str) -> Option<TicketId> {
        self.rows()
            .players
            .get(&PlayerId::new(player))?
            .open_ticket
            .clone()
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap()
    }

    fn reach(&self, key: &str) -> Result<(), StoreError> {
        if self.rows().failing.contains(key) {
            let operation = format!("reach row `{key}`");
            return Err(StoreError::Unavailable {
                operation,
                reason: "asked to fail".to_owned(),
            });
        }
        Ok(())
    }
}

impl Rows {
    fn conflicts_now(&mut self) -> bool {
        let conflict = self.conflicts > 0;
        self.conflicts = self.conflicts.saturating_sub(1);
        conflict
    }

    fn holds(&self, claim: &Claim) -> bool {
        let row = self.players.get(&claim.player);
        let open = row.and_then(|player| player.open_ticket.as_ref());
        let leader = row.and_then(|player| player.party_leader.as_ref());
        let free = open.is_none() || open == claim.stale.as_ref();
        free && (claim.leader.is_none() || claim.leader.as_ref() == leader)
    }
}

impl TicketStore for Memory {
    async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, StoreError> {
        self.reach(id.as_str())?;
        Ok(self.rows().tickets.get(id).cloned())
    }

    async fn open(&self, ticket: &Ticket, claims: &[Claim]) -> Result<Written, StoreError> {
        let mut rows = self.rows();
        let taken = rows.tickets.contains_key(&ticket.ticket_id);
        if rows.conflicts_now() || taken || !claims.iter().all(|claim| rows.holds(claim)) {
            return Ok(Written::Conflict);
        }
        rows.tickets
            .insert(ticket.ticket_id.clone(), ticket.clone());
        for claim in claims {
            let row = rows
                .players
                .entry(claim.player.clone())
                .or_insert_with(|| Player::unknown(claim.player.clone()));
            row.open_ticket = Some(ticket.ticket_id.clone());
        }
        Ok(Written::Yes)
    }

    async fn replace(&self, ticket: &Ticket, read_version: u64) -> Result<Written, StoreError> {
        let mut rows = self.rows();
        let current = rows.tickets.get(&ticket.ticket_id).map(|row| row.version);
        if rows.conflicts_now() || current != Some(read_version) {
            return Ok(Written::Conflict);
        }
        rows.tickets
            .insert(ticket.ticket_id.clone(), ticket.clone());
        Ok(Written::Yes)
    }

    /// Pages of two, so that tests meet more than one.
    async fn silent(
        &self,
        shard: &str,
        before: Timestamp,
        after: Option<&PageKey>,
    ) -> Result<SilentPage, StoreError> {
        let mut tickets: Vec<_> = self.rows().tickets.values().cloned().collect();
        tickets.retain(|one| one.open_shard.as_deref() == Some(shard) && one.updated_at < before);
        tickets.sort_by_key(|one| (one.updated_at, one.ticket_id.clone()));
        if let Some(after) = after {
            tickets
                .retain(|one| (one.updated_at, &one.ticket_id) > (after.updated_at, &after.ticket));
        }
        let more = tickets.len() > 2;
        tickets.truncate(2);
        let last = tickets.last().filter(|_| more);
        let next = last.map(|one| PageKey {
            ticket: one.ticket_id.clone(),
            updated_at: one.updated_at,
        });
        Ok(SilentPage {
            tickets,
            unreadable: Vec::new(),
            next,
        })
    }
}

impl PlayerStore for Memory {
    async fn player(&self, id: &PlayerId) -> Result<Option<Player>, StoreError> {
        Ok(self.rows().players.get(id).cloned())
    }

    async fn release(&self, player: &PlayerId, ticket: &TicketId) -> Result<(), StoreError> {
        self.reach(player.as_str())?;
        if let Some(row) = self.rows().players.get_mut(player)
            && row.open_ticket.as_ref() == Some(ticket)
        {
            row.open_ticket = None;
        }
        Ok(())
    }
}

/// FlexMatch in memory: answers as told and remembers what it was asked.
#[derive(Default)]
pub struct FakeFlexMatch(Mutex<Desk>);

#[derive(Default)]
struct Desk {
    refusal: Option<MatchmakerError>,
    known: BTreeMap<TicketId, Observation>,
    calls: Vec<String>,
    requests: Vec<MatchRequest>,
}

impl FakeFlexMatch {
    /// Lets every call fail like this.
    pub fn failing(error: MatchmakerError) -> Self {
        let fake = Self::default();
        fake.desk().refusal = Some(error);
        fake
    }

    /// Makes a ticket known to descriptions.
    pub fn describe_as(&self, ticket: &str, seen: Observation) {
        self.desk().known.insert(TicketId::new(ticket), seen);
    }

    /// What was asked, one line per call.
    pub fn calls(&self) -> Vec<String> {
        self.desk().calls.clone()
    }

    /// The requests for matches.
    pub fn requests(&self) -> Vec<MatchRequest> {
        self.desk().requests.clone()
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.lock().unwrap()
    }

    fn note(&self, call: String) -> Result<(), MatchmakerError> {
        let mut desk = self.desk();
        desk.calls.push(call);
        desk.refusal.clone().map_or(Ok(()), Err)
    }
}

impl Matchmaker for FakeFlexMatch {
    async fn start(&self, request: &MatchRequest) -> Result<(), MatchmakerError> {
        self.desk().requests.push(request.clone());
        self.note(format!("start {}", request.configuration))
    }

    async fn stop(&self, ticket: &TicketId) -> Result<(), MatchmakerError> {
        self.note(format!("stop {ticket}"))
    }

    async fn accept(
        &self,
        ticket: &TicketId,
        player: &PlayerId,
        answer: Answer,
    ) -> Result<(), MatchmakerError> {
        self.note(format!("{answer:?} {ticket} {player}"))
    }

    async fn describe(
        &self,
        tickets: &[TicketId],
        at: Timestamp,
    ) -> Result<BTreeMap<TicketId, Observation>, MatchmakerError> {
        self.note(format!("describe {}", tickets.len()))?;
        let desk = self.desk();
        let known = tickets
            .iter()
            .filter_map(|id| Some((id.clone(), desk.known.get(id)?.clone())));
        Ok(known
            .map(|(id, seen)| (id, Observation { at, ..seen }))
            .collect())
    }
}

/// Collects log lines.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// Telemetry of function `test` in namespace `Test` that writes here.
    pub fn telemetry(&self) -> Telemetry {
        let lines = Arc::clone(&self.0);
        Telemetry::new(
            "test",
            "Test",
            Box::new(move |line| lines.lock().unwrap().push(line.to_owned())),
        )
    }

    /// Everything written.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}
