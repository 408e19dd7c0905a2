//! Whatever happens to events on their way, tickets end as the events in their order say.
//!
//! `PROPTEST_CASES=100000 cargo test -p match-events --no-default-features --test laws` tries more than the usual thousand.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};
use tickets::fakes::{FakeFlexMatch, Lines, Memory};
use tickets::id::{PlayerId, TicketId, TicketPrefix};
use tickets::state::{Signal, Status};
use tickets::ticket::{Observation, PlayerOutcome, Ticket};
use tickets::timestamp::Timestamp;

/// When events arrive; all of them happened before.
const ARRIVAL: Timestamp = Timestamp::from_millis(1_735_732_860_000);

/// A match that is to be, of parties with so many players.
#[derive(Clone, Debug)]
struct History {
    parties: Vec<usize>,
    /// The party that declines the match proposed in each round.
    declined: Vec<usize>,
    /// How a ticket of those who decline ends.
    decline_fails: bool,
    acceptance: bool,
    ending: Ending,
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Succeeded,
    TimedOut,
    Cancelled,
    Failed,
    /// The last thing heard is the placement.
    Placing,
    /// The last thing heard is the first answer to the proposal, or the search.
    Waiting,
}

fn history() -> impl Strategy<Value = History> {
    let ending = prop_oneof![
        Just(Ending::Succeeded),
        Just(Ending::TimedOut),
        Just(Ending::Cancelled),
        Just(Ending::Failed),
        Just(Ending::Placing),
        Just(Ending::Waiting),
    ];
    let parties = prop::collection::vec(1..4_usize, 1..5);
    let declined = prop::collection::vec(0..5_usize, 0..3);
    (parties, declined, any::<bool>(), any::<bool>(), ending).prop_map(
        |(parties, declined, decline_fails, acceptance, ending)| History {
            parties,
            declined,
            decline_fails,
            acceptance,
            ending,
        },
    )
}

/// Tells a history as FlexMatch would, a second between events that don't belong together.
struct Teller<'a> {
    history: &'a History,
    /// Parties that are still in the pool.
    waiting: Vec<usize>,
    events: Vec<String>,
    second: usize,
}

fn id(party: usize) -> String {
    format!("game-prod-{party:032}")
}

fn player(party: usize, member: usize) -> String {
    format!("us-east-1:{party}-{member}")
}

fn session(player: &str) -> String {
    format!("psess-{player}")
}

impl<'a> Teller<'a> {
    fn tell(history: &'a History) -> Vec<String> {
        let mut teller = Self {
            history,
            waiting: (0..history.parties.len()).collect(),
            events: Vec::new(),
            second: 0,
        };
        let all = teller.waiting.clone();
        teller.event("MatchmakingSearching", &all, json!({}));
        if history.acceptance {
            for (round, declined) in history.declined.iter().enumerate() {
                teller.declined(round, *declined);
            }
        }
        if !teller.waiting.is_empty() {
            teller.end();
        }
        teller.events
    }

    fn declined(&mut self, round: usize, declining: usize) {
        let Some(declining) = self
            .waiting
            .get(declining % self.waiting.len().max(1))
            .copied()
        else {
            return;
        };
        let all = self.waiting.clone();
        let this_match = format!("m-{round}");
        self.proposed(&this_match);
        // The answer that drops the match, and all that follows from it, carry one time.
        self.second -= 1;
        let same = self.second;
        let rejected = json!({"matchId": this_match, "acceptance": "Rejected"});
        self.event("AcceptMatchCompleted", &all, rejected);
        self.waiting.retain(|party| *party != declining);
        let others = self.waiting.clone();
        self.second = same;
        self.event("MatchmakingSearching", &others, json!({}));
        let end = if self.history.decline_fails {
            "MatchmakingFailed"
        } else {
            "MatchmakingCancelled"
        };
        self.event(end, &[declining], json!({"reason": "Declined"}));
    }

    fn proposed(&mut self, this_match: &str) {
        let all = self.waiting.clone();
        let proposal =
            json!({"matchId": this_match, "acceptanceRequired": true, "acceptanceTimeout": 20});
        self.event("PotentialMatchCreated", &all, proposal);
        self.event(
            "AcceptMatch",
            &all,
            json!({"matchId": this_match, "accepted": true}),
        );
    }

    fn end(&mut self) {
        let all = self.waiting.clone();
        let last = json!({"matchId": "m-last", "acceptanceRequired": false});
        match self.history.ending {
            Ending::Waiting if self.history.acceptance => return self.proposed("m-last"),
            Ending::Waiting => return,
            Ending::TimedOut => {
                return self.event("MatchmakingTimedOut", &all, json!({"reason": "TimedOut"}));
            }
            Ending::Cancelled => {
                return self.event("MatchmakingCancelled", &all, json!({"reason": "Cancelled"}));
            }
            Ending::Succeeded | Ending::Failed | Ending::Placing => {}
        }
        if self.history.acceptance {
            self.proposed("m-last");
            let accepted = json!({"matchId": "m-last", "acceptance": "Accepted"});
            self.event("AcceptMatchCompleted", &all, accepted);
        } else {
            self.event("PotentialMatchCreated", &all, last.clone());
        }
        match self.history.ending {
            Ending::Succeeded => self.event("MatchmakingSucceeded", &all, last),
            Ending::Failed => self.event(
                "MatchmakingFailed",
                &all,
                json!({"reason": "UNEXPECTED_ERROR"}),
            ),
            Ending::Placing | Ending::Waiting | Ending::TimedOut | Ending::Cancelled => {}
        }
    }

    /// With a ticket of somebody else in it, as in matches with backfill.
    fn event(&mut self, kind: &str, parties: &[usize], mut detail: Value) {
        let second = self.second;
        self.second += 1;
        let accepted = detail
            .as_object_mut()
            .and_then(|detail| detail.remove("accepted"));
        let seat = |name: String| {
            let mut seat = json!({"playerId": name, "team": "red"});
            if kind == "MatchmakingSucceeded" {
                seat["playerSessionId"] = Value::from(session(&name));
            }
            if let Some(accepted) = &accepted {
                seat["accepted"] = accepted.clone();
            }
            seat
        };
        let mut tickets: Vec<_> = parties
            .iter()
            .map(|&party| {
                let members = 0..self.history.parties[party];
                let players: Vec<_> = members.map(|member| seat(player(party, member))).collect();
                json!({"ticketId": id(party), "players": players})
            })
            .collect();
        tickets
            .push(json!({"ticketId": "5ccb6523-0566", "players": [seat("stranger".to_owned())]}));
        detail["type"] = Value::from(kind);
        detail["tickets"] = Value::from(tickets);
        if kind == "MatchmakingSucceeded" {
            detail["gameSessionInfo"] =
                json!({"ipAddress": "192.0.2.10", "port": 7777, "players": []});
        }
        let event = json!({"id": format!("e-{}", self.events.len()), "time": format!("2025-01-01T12:00:{second:02}Z"), "detail": detail});
        self.events.push(event.to_string());
    }
}

/// The row of a party's ticket as it is first written.
fn row(history: &History, party: usize) -> Ticket {
    let players: Vec<_> = (0..history.parties[party])
        .map(|member| PlayerId::new(player(party, member)))
        .collect();
    let start = Timestamp::parse("2025-01-01T12:00:00Z").unwrap();
    Ticket::open(
        TicketId::new(id(party)),
        players[0].clone(),
        players,
        "duel",
        600,
        start,
    )
}

async fn deliver(message: &str, store: &Memory) -> bool {
    let lines = Lines::default();
    let telemetry = lines.telemetry();
    let journal = telemetry.journal("r-1");
    let prefix = TicketPrefix::parse("game-prod").unwrap();
    let notification = json!({"Records": [{"Sns": {"Message": message}}]});
    match_events::handle(&notification, &prefix, store, ARRIVAL, &journal)
        .await
        .is_ok()
}

async fn in_order(history: &History) -> Memory {
    let store = Memory::default();
    for party in 0..history.parties.len() {
        store.add(row(history, party));
    }
    for event in Teller::tell(history) {
        assert!(deliver(&event, &store).await);
    }
    store
}

/// What befalls one delivery.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    /// Others write the same tickets at the same time.
    Conflicts,
    /// The table doesn't answer for one ticket.
    Unreachable,
    /// The function ends after the ticket and before its players are let go.
    Killed,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::None),
        1 => Just(Fault::Conflicts),
        1 => Just(Fault::Unreachable),
        1 => Just(Fault::Killed),
    ]
}

/// A history, and the order in which its events arrive: each at least once unless lost.
#[derive(Clone, Debug)]
struct Voyage {
    history: History,
    arrivals: Vec<usize>,
    faults: Vec<Fault>,
    /// How many events arrive before the first row is there.
    early: usize,
}

fn voyage(copies: std::ops::Range<usize>) -> impl Strategy<Value = Voyage> {
    history()
        .prop_flat_map(move |history| {
            let events = Teller::tell(&history).len();
            (Just(history), prop::collection::vec(copies.clone(), events))
        })
        .prop_flat_map(|(history, copies)| {
            let arrivals: Vec<_> = copies
                .iter()
                .enumerate()
                .flat_map(|(event, copies)| std::iter::repeat_n(event, *copies))
                .collect();
            let count = arrivals.len();
            (
                Just(history),
                Just(arrivals).prop_shuffle(),
                prop::collection::vec(fault(), count),
                0..3_usize,
            )
        })
        .prop_map(|(history, arrivals, faults, early)| Voyage {
            history,
            arrivals,
            faults,
            early,
        })
}

/// Delivers, and delivers again what failed, as SNS and Lambda do.
async fn arrive(voyage: &Voyage) -> Memory {
    let store = Memory::default();
    let events = Teller::tell(&voyage.history);
    let faults = voyage
        .faults
        .iter()
        .copied()
        .chain(std::iter::repeat(Fault::None));
    let mut queue: VecDeque<usize> = voyage.arrivals.iter().copied().collect();
    for (delivery, fault) in faults.enumerate() {
        if delivery == voyage.early {
            for party in 0..voyage.history.parties.len() {
                store.add(row(&voyage.history, party));
            }
        }
        let Some(event) = queue.pop_front() else {
            if delivery >= voyage.early {
                break;
            }
            continue;
        };
        match fault {
            Fault::None => {}
            Fault::Conflicts => store.conflict_next(3),
            Fault::Unreachable => store.fail_ticket(&id(0)),
            Fault::Killed => store.fail_release(&PlayerId::new(player(0, 0))),
        }
        if !deliver(&events[event], &store).await {
            queue.push_back(event);
        }
        store.heal();
        store.conflict_next(0);
    }
    store
}

/// What a player can see of a ticket, and what must not be lost.
fn essence(ticket: &Ticket) -> Value {
    if ticket.status.is_final() {
        json!([
            ticket.status,
            ticket.status_reason,
            ticket.connection,
            ticket.player_sessions,
            ticket.open_shard
        ])
    } else {
        let proposal = ticket
            .acceptance
            .as_ref()
            .filter(|_| ticket.status == Status::RequiresAcceptance);
        json!([
            ticket.status,
            proposal,
            ticket.match_id,
            ticket.event_time,
            ticket.open_shard
        ])
    }
}

fn check_players(history: &History, store: &Memory) -> Result<(), TestCaseError> {
    let mut sessions = BTreeSet::new();
    for party in 0..history.parties.len() {
        let ticket = store.stored(&id(party));
        for member in 0..history.parties[party] {
            let name = player(party, member);
            let bound = store.open_ticket(&name).map(|ticket| ticket.to_string());
            prop_assert_eq!(bound, (!ticket.status.is_final()).then(|| id(party)));
            if ticket.status == Status::Succeeded {
                let own = ticket.player_sessions.get(&PlayerId::new(&name));
                prop_assert_eq!(own, Some(&session(&name)));
                prop_assert!(sessions.insert(own.cloned()), "{} shares a session", name);
            }
        }
    }
    Ok(())
}

/// What FlexMatch would answer about a ticket.
fn description(ticket: &Ticket) -> Observation {
    let signal = match ticket.status {
        Status::Queued => Signal::Queued,
        Status::Searching => Signal::Searching,
        Status::RequiresAcceptance => Signal::MatchProposed,
        Status::Placing => Signal::MatchFormed,
        Status::Succeeded => Signal::Succeeded,
        Status::TimedOut => Signal::TimedOut,
        Status::Cancelled => Signal::Cancelled,
        Status::Failed => Signal::Failed,
    };
    let outcome = |(player, session): (&PlayerId, &String)| PlayerOutcome {
        player: player.clone(),
        session: Some(session.clone()),
        accepted: None,
    };
    Observation {
        connection: ticket.connection.clone(),
        players: ticket.player_sessions.iter().map(outcome).collect(),
        ..Observation::bare(signal, ARRIVAL)
    }
}

async fn reconcile(history: &History, truth: &Memory, store: &Memory) -> Result<(), String> {
    let flexmatch = FakeFlexMatch::default();
    for party in 0..history.parties.len() {
        flexmatch.describe_as(&id(party), description(&truth.stored(&id(party))));
    }
    let lines = Lines::default();
    let telemetry = lines.telemetry();
    let journal = telemetry.journal("r-1");
    let now = ARRIVAL.plus_seconds(40);
    reconcile_tickets::handle(store, &flexmatch, || now, now.plus_seconds(60), &journal)
        .await
        .map_err(|error| error.to_string())
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(work)
}

fn config() -> Config {
    let usual = Config::default();
    Config {
        cases: usual.cases.max(1_000),
        // The failing input is printed; a file beside the sources would be for one machine only.
        failure_persistence: None,
        max_shrink_iters: 500,
        ..usual
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn events_in_any_order_repeated_early_and_failing_give_the_state_of_their_order(voyage in voyage(1..4)) {
        let (expected, found) = block_on(async { (in_order(&voyage.history).await, arrive(&voyage).await) });
        for party in 0..voyage.history.parties.len() {
            prop_assert_eq!(essence(&found.stored(&id(party))), essence(&expected.stored(&id(party))));
        }
        check_players(&voyage.history, &found)?;
    }

    #[test]
    fn what_lost_events_left_behind_is_caught_up(voyage in voyage(0..3)) {
        let (expected, found) = block_on(async {
            let expected = in_order(&voyage.history).await;
            let found = arrive(&voyage).await;
            reconcile(&voyage.history, &expected, &found).await.map(|()| (expected, found))
        }).map_err(TestCaseError::fail)?;
        for party in 0..voyage.history.parties.len() {
            let (expected, found) = (expected.stored(&id(party)), found.stored(&id(party)));
            prop_assert_eq!(found.status, expected.status);
            prop_assert_eq!(found.connection, expected.connection);
            prop_assert_eq!(found.player_sessions, expected.player_sessions);
        }
        check_players(&voyage.history, &found)?;
    }
}

#[test]
fn histories_reach_every_status() {
    let mut seen = BTreeMap::new();
    for ending in [
        Ending::Succeeded,
        Ending::TimedOut,
        Ending::Cancelled,
        Ending::Failed,
        Ending::Placing,
        Ending::Waiting,
    ] {
        for acceptance in [true, false] {
            let history = History {
                parties: vec![2],
                declined: Vec::new(),
                decline_fails: false,
                acceptance,
                ending,
            };
            let status = block_on(in_order(&history)).stored(&id(0)).status;
            *seen.entry(format!("{status:?}")).or_insert(0) += 1;
        }
    }
    // Every ticket was searching at least, so only `Queued` is missing.
    assert_eq!(seen.len(), Status::ALL.len() - 1, "{seen:?}");
}
