//! Tickets from start to end.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::choices::{ESTIMATE_TICKETS, MAX_TICKET_PLAYERS, RETRY};
use super::event::{AcceptanceOutcome, CancelCause, Event, FailureReason, FormedMatch, MatchId};
use super::member::resolve;
use super::moment::Moment;
use super::pool::{Key, Record, Refused, Request};
use super::program::Program;
use super::proposal::{AnswerError, Proposal, Response, UnknownTicket, Verdict};
use super::round::Round;
use super::symbols::{Locations, Symbols};
use super::tally::Tally;
use super::ticket::{BackfillRequest, Player, PlayerId, Ticket, TicketId};
use crate::model::rule_set::RuleSet;

/// The settings of a matchmaking configuration that decide about matches.
#[derive(Debug, Clone)]
pub struct MatchmakerOptions {
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// How long a ticket may wait.
    pub request_timeout: Duration,
    /// How long players have to accept; `None` when matches need no acceptance.
    pub acceptance_timeout: Option<Duration>,
    /// Slots of each match that are left open.
    pub additional_players: u32,
}

/// A pool of tickets with one rule set.
#[derive(Debug)]
pub struct Matchmaker {
    program: Program,
    options: MatchmakerOptions,
    symbols: Symbols,
    locations: Locations,
    random: fastrand::Rng,
    now: Moment,
    sequence: u64,
    /// Tickets that look for a match, by age.
    pool: BTreeMap<Key, Record>,
    proposals: BTreeMap<MatchId, Proposal>,
    places: HashMap<TicketId, Place>,
    players: HashMap<PlayerId, TicketId>,
    sessions: HashMap<String, TicketId>,
    alarms: BinaryHeap<Reverse<(Moment, Alarm)>>,
    /// Tickets that entered the pool since the last tick.
    entered: Vec<Key>,
    /// Whether something changed since the last attempt to form matches.
    is_due: bool,
    waits: VecDeque<Duration>,
    events: Vec<Event>,
}

/// Where a ticket is.
#[derive(Debug, Clone, Copy)]
enum Place {
    Pool(Key),
    Proposal(MatchId),
}

/// What may have to be done at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Alarm {
    /// A ticket reaches an expansion step or its end.
    Ticket(Key),
    /// A match wasn't accepted in time.
    Proposal(MatchId),
    /// Tickets are dealt into batches again.
    Deal,
}

impl Default for MatchmakerOptions {
    /// Seed 0, 60 seconds per ticket, no acceptance, full matches.
    fn default() -> Self {
        Self {
            seed: 0,
            request_timeout: Duration::from_secs(60),
            acceptance_timeout: None,
            additional_players: 0,
        }
    }
}

impl Matchmaker {
    /// An empty pool.
    #[must_use]
    pub fn new(rule_set: &RuleSet, options: MatchmakerOptions) -> Self {
        let mut symbols = Symbols::default();
        Self {
            program: Program::compile(rule_set, &mut symbols),
            random: fastrand::Rng::with_seed(options.seed),
            options,
            symbols,
            locations: Locations::default(),
            now: Moment::default(),
            sequence: 0,
            pool: BTreeMap::new(),
            proposals: BTreeMap::new(),
            places: HashMap::new(),
            players: HashMap::new(),
            sessions: HashMap::new(),
            alarms: BinaryHeap::new(),
            entered: Vec::new(),
            is_due: false,
            waits: VecDeque::new(),
            events: Vec::new(),
        }
    }

    /// Takes a ticket, whose age counts from `now`. Tickets with one of its players are cancelled.
    ///
    /// # Errors
    /// When the request is malformed; nothing changes then.
    pub fn enqueue(&mut self, ticket: Ticket, now: Moment) -> Result<(), Refused> {
        self.advance(now);
        let Ticket { id, players } = ticket;
        if players.len() > MAX_TICKET_PLAYERS {
            return Err(Refused::TooManyPlayers(id));
        }
        let ids = self.check(&id, players.iter())?;
        let member = self.resolve(&players)?;
        let request = member.map_or(Request::Unmatchable, Request::Open);
        self.cancel_replaced(&ids);
        for player in &ids {
            self.players.insert(player.clone(), id.clone());
        }
        self.enter(id, ids, request);
        Ok(())
    }

    /// Takes a request to fill a session. An older request for the same session is cancelled.
    ///
    /// # Errors
    /// When the request is malformed; nothing changes then.
    pub fn backfill(&mut self, request: BackfillRequest, now: Moment) -> Result<(), Refused> {
        self.advance(now);
        let BackfillRequest {
            id,
            game_session,
            players,
        } = request;
        let ids = self.check(&id, players.iter().map(|seated| &seated.player))?;
        let mut seated = Vec::with_capacity(players.len());
        let mut is_matchable = true;
        for seat in &players {
            let mut teams = self.program.team_names.iter();
            let Some(team) = teams.position(|team| *team == seat.team) else {
                return Err(Refused::UnknownTeam {
                    player: seat.player.id.clone(),
                    team: seat.team.clone(),
                });
            };
            match self.resolve(std::slice::from_ref(&seat.player))? {
                Some(member) => seated.push((team, member)),
                None => is_matchable = false,
            }
        }
        if let Some(older) = self.sessions.get(&game_session).cloned() {
            self.withdraw(&older, CancelCause::Replaced);
        }
        self.sessions.insert(game_session.clone(), id.clone());
        let request = Request::Backfill {
            game_session,
            seated,
        };
        self.enter(
            id,
            ids,
            if is_matchable {
                request
            } else {
                Request::Unmatchable
            },
        );
        Ok(())
    }

    /// Takes a ticket back. If it is part of a proposed match, that match is dropped.
    ///
    /// # Errors
    /// When there is no such ticket, or its match is final.
    pub fn remove(&mut self, ticket: &TicketId, now: Moment) -> Result<(), UnknownTicket> {
        self.advance(now);
        if !self.places.contains_key(ticket) {
            return Err(UnknownTicket(ticket.clone()));
        }
        self.withdraw(ticket, CancelCause::Requested);
        Ok(())
    }

    /// Records what players of one ticket say to the match that was proposed to them.
    ///
    /// # Errors
    /// When nothing was proposed to the ticket, or it doesn't bring one of the players; nothing changes then.
    pub fn respond(
        &mut self,
        ticket: &TicketId,
        players: &[PlayerId],
        response: Response,
        now: Moment,
    ) -> Result<(), AnswerError> {
        self.advance(now);
        let place = self
            .places
            .get(ticket)
            .ok_or_else(|| UnknownTicket(ticket.clone()))?;
        let Place::Proposal(id) = *place else {
            return Err(AnswerError::NotProposed(ticket.clone()));
        };
        let Some(proposal) = self.proposals.get_mut(&id) else {
            return Err(AnswerError::NotProposed(ticket.clone()));
        };
        let record = proposal.records.iter().find(|record| record.id == *ticket);
        let known = record.map_or(&[][..], |record| &record.players);
        if let Some(player) = players.iter().find(|player| !known.contains(player)) {
            return Err(AnswerError::UnknownPlayer {
                ticket: ticket.clone(),
                player: player.clone(),
            });
        }
        for player in players {
            proposal.answers.insert(player.clone(), response);
        }
        let answers = proposal.answers();
        let (is_accepted, is_rejected) = (proposal.is_accepted(), proposal.is_rejected());
        self.events.push(Event::AcceptMatch { id, answers });
        if is_rejected {
            self.conclude(id, AcceptanceOutcome::Rejected);
        } else if is_accepted {
            self.conclude(id, AcceptanceOutcome::Accepted);
        }
        Ok(())
    }

    /// Lets time pass: tickets end, matches form. Returns everything that happened since the last tick, in order.
    #[must_use]
    pub fn tick(&mut self, now: Moment) -> Vec<Event> {
        self.advance(now);
        self.fire_alarms();
        self.announce();
        if std::mem::take(&mut self.is_due) {
            self.form_matches();
        }
        std::mem::take(&mut self.events)
    }

    /// When the next tick can have an effect, if nothing is called before; `None` when never. Past moments mean at once.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Moment> {
        if self.is_due || !self.events.is_empty() || !self.entered.is_empty() {
            return Some(self.now);
        }
        self.alarms.peek().map(|Reverse((moment, _))| *moment)
    }

    /// How many tickets look for a match.
    #[must_use]
    pub fn searching(&self) -> usize {
        self.pool.len()
    }

    /// The mean wait of recently matched tickets; `None` before the first match.
    #[must_use]
    pub fn estimated_wait(&self) -> Option<Duration> {
        let total: Duration = self.waits.iter().sum();
        total.checked_div(u32::try_from(self.waits.len()).unwrap_or(u32::MAX))
    }

    /// Time never goes back, whatever the caller says.
    fn advance(&mut self, now: Moment) {
        self.now = self.now.max(now);
    }

    fn check<'a>(
        &self,
        ticket: &TicketId,
        players: impl Iterator<Item = &'a Player>,
    ) -> Result<Vec<PlayerId>, Refused> {
        if self.places.contains_key(ticket) {
            return Err(Refused::DuplicateTicket(ticket.clone()));
        }
        let ids: Vec<PlayerId> = players.map(|player| player.id.clone()).collect();
        if ids.is_empty() {
            return Err(Refused::NoPlayers(ticket.clone()));
        }
        let mut seen = HashSet::new();
        match ids.iter().find(|player| !seen.insert(*player)) {
            Some(player) => Err(Refused::DuplicatePlayer {
                ticket: ticket.clone(),
                player: player.clone(),
            }),
            None => Ok(ids),
        }
    }

    fn resolve(&mut self, players: &[Player]) -> Result<Option<super::member::Member>, Refused> {
        Ok(resolve(
            players,
            &self.program,
            &mut self.symbols,
            &mut self.locations,
        )?)
    }

    fn cancel_replaced(&mut self, players: &[PlayerId]) {
        for player in players {
            if let Some(older) = self.players.get(player).cloned() {
                self.withdraw(&older, CancelCause::Replaced);
            }
        }
    }

    fn enter(&mut self, id: TicketId, players: Vec<PlayerId>, request: Request) {
        self.sequence += 1;
        let key = (self.now, self.sequence);
        self.pool_in(Record {
            key,
            id,
            players,
            request,
            tally: Tally::new(self.program.rule_names.len()),
        });
    }

    /// Puts a ticket into the pool, for the first time or again.
    fn pool_in(&mut self, record: Record) {
        let key = record.key;
        self.places.insert(record.id.clone(), Place::Pool(key));
        self.pool.insert(key, record);
        self.entered.push(key);
        self.is_due = true;
        for stage in &self.program.stages[1..] {
            let moment = key.0.after(Duration::from_secs(stage.from.into()));
            self.alarms.push(Reverse((moment, Alarm::Ticket(key))));
        }
        let end = key.0.after(self.options.request_timeout);
        self.alarms.push(Reverse((end, Alarm::Ticket(key))));
    }

    fn fire_alarms(&mut self) {
        while let Some(Reverse((moment, alarm))) = self.alarms.peek().copied()
            && moment <= self.now
        {
            self.alarms.pop();
            match alarm {
                Alarm::Ticket(key) => self.age(key),
                Alarm::Proposal(id) => self.conclude(id, AcceptanceOutcome::TimedOut),
                Alarm::Deal => self.is_due = true,
            }
        }
    }

    fn age(&mut self, key: Key) {
        if self.now < key.0.after(self.options.request_timeout) {
            self.is_due |= self.pool.contains_key(&key);
            return;
        }
        if let Some(record) = self.pool.remove(&key) {
            self.forget(&record);
            self.events.push(Event::TimedOut {
                metrics: record.tally.metrics(&self.program.rule_names),
                ticket: record.id,
            });
        }
    }

    fn announce(&mut self) {
        let estimated_wait = self.estimated_wait();
        for key in std::mem::take(&mut self.entered) {
            if let Some(record) = self.pool.get(&key) {
                self.events.push(Event::Searching {
                    ticket: record.id.clone(),
                    estimated_wait,
                });
            }
        }
    }

    fn form_matches(&mut self) {
        let round = Round::run(
            &self.program,
            &self.pool,
            self.now,
            self.options.additional_players,
            &mut self.random,
        );
        for (key, tally) in &round.tallies {
            if let Some(record) = self.pool.get_mut(key) {
                record.tally.add(tally);
            }
        }
        let unmatched = round.tallies.len()
            - round
                .matches
                .iter()
                .map(|found| found.keys.len())
                .sum::<usize>();
        if round.batches > 1 && unmatched > 0 {
            let moment = self.now.after(RETRY);
            self.alarms.push(Reverse((moment, Alarm::Deal)));
        }
        for found in round.matches {
            let records: Vec<Record> = found
                .keys
                .iter()
                .filter_map(|key| self.pool.remove(key))
                .collect();
            let formed = FormedMatch {
                id: MatchId(self.random.u128(..)),
                teams: found.teams,
                tickets: records.iter().map(|record| record.id.clone()).collect(),
                game_session: found.game_session,
                location: found
                    .location
                    .map(|location| self.locations.name(location).to_owned()),
                requirements_age: found.requirements_age,
                verdicts: found.verdicts,
                metrics: found.evaluations.metrics(&self.program.rule_names),
            };
            self.propose(formed, records);
        }
    }

    fn propose(&mut self, formed: FormedMatch, records: Vec<Record>) {
        let id = formed.id;
        let acceptance_timeout = self.options.acceptance_timeout;
        self.events.push(Event::PotentialMatchCreated {
            formed: formed.clone(),
            acceptance_timeout,
        });
        for record in &records {
            self.places.insert(record.id.clone(), Place::Proposal(id));
        }
        let Some(timeout) = acceptance_timeout else {
            self.finish(formed, &records);
            return;
        };
        let deadline = self.now.after(timeout);
        self.alarms.push(Reverse((deadline, Alarm::Proposal(id))));
        let answers = BTreeMap::new();
        self.proposals.insert(
            id,
            Proposal {
                formed,
                records,
                answers,
            },
        );
    }

    /// Ends an acceptance phase; nothing happens when it has ended already.
    fn conclude(&mut self, id: MatchId, outcome: AcceptanceOutcome) {
        let Some(proposal) = self.proposals.remove(&id) else {
            return;
        };
        let answers = proposal.answers();
        self.events.push(Event::AcceptMatchCompleted {
            id,
            outcome,
            answers,
        });
        if outcome == AcceptanceOutcome::Accepted {
            self.finish(proposal.formed, &proposal.records);
            return;
        }
        let verdicts: Vec<Verdict> = proposal
            .records
            .iter()
            .map(|record| proposal.verdict(record))
            .collect();
        for (record, verdict) in proposal.records.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Accepted => self.pool_in(record),
                Verdict::Rejected => self.fail(&record, id, FailureReason::Rejected),
                Verdict::Open => self.fail(&record, id, FailureReason::NotAnswered),
            }
        }
    }

    fn fail(&mut self, record: &Record, id: MatchId, reason: FailureReason) {
        self.forget(record);
        self.events.push(Event::Failed {
            ticket: record.id.clone(),
            id,
            reason,
        });
    }

    fn finish(&mut self, formed: FormedMatch, records: &[Record]) {
        for record in records {
            self.forget(record);
            self.waits.push_back(self.now.since(record.key.0));
        }
        while self.waits.len() > ESTIMATE_TICKETS {
            self.waits.pop_front();
        }
        self.events.push(Event::Ready(formed));
    }

    /// Takes a ticket out of the pool, or drops the match that was proposed to it.
    fn withdraw(&mut self, ticket: &TicketId, cause: CancelCause) {
        let record = match self.places.get(ticket) {
            Some(Place::Pool(key)) => self.pool.remove(key),
            Some(Place::Proposal(id)) => {
                let id = *id;
                let proposal = self.proposals.get_mut(&id);
                let record = proposal.and_then(|proposal| {
                    let position = proposal
                        .records
                        .iter()
                        .position(|record| record.id == *ticket)?;
                    Some(proposal.records.remove(position))
                });
                self.give_back(id);
                record
            }
            None => None,
        };
        if let Some(record) = record {
            self.forget(&record);
            self.events.push(Event::Cancelled {
                metrics: record.tally.metrics(&self.program.rule_names),
                ticket: record.id,
                cause,
            });
        }
    }

    /// Drops a match that lost a ticket: nobody who is left is to blame.
    fn give_back(&mut self, id: MatchId) {
        let Some(proposal) = self.proposals.remove(&id) else {
            return;
        };
        self.events.push(Event::AcceptMatchCompleted {
            id,
            outcome: AcceptanceOutcome::Rejected,
            answers: proposal.answers(),
        });
        proposal
            .records
            .into_iter()
            .for_each(|record| self.pool_in(record));
    }

    /// Removes what is known of a ticket that has left pool and proposals.
    fn forget(&mut self, record: &Record) {
        self.places.remove(&record.id);
        for player in &record.players {
            if self.players.get(player) == Some(&record.id) {
                self.players.remove(player);
            }
        }
        self.sessions.retain(|_, ticket| *ticket != record.id);
    }
}
