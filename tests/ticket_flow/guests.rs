//! Players with a ticket, one step at a time.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use liftform_player::{Journey, Player, PlayerError, Protocol, Reply, Status, Ticket, Wish};

use crate::cloud::Cloud;

/// Longest wait for something that needs no waiting: only a machine with much else to do comes near it.
const PATIENCE: Duration = Duration::from_secs(180);

const PAUSE: Duration = Duration::from_millis(200);

/// A player with a ticket.
pub(crate) struct Guest {
    pub(crate) player: Player,
    pub(crate) ticket: String,
}

/// A player without one.
pub(crate) fn enter(cloud: &Cloud) -> Player {
    Player::enter(&cloud.backend).unwrap_or_else(|error| panic!("{error}"))
}

/// What a player of these tests wants.
pub(crate) fn wish(matchmaker: &str) -> Wish {
    Wish {
        matchmaker: matchmaker.to_owned(),
        latency: BTreeMap::from([("us-east-1".to_owned(), 20)]),
        ..Wish::default()
    }
}

/// So many new players who look for a match.
pub(crate) fn guests(cloud: &Cloud, matchmaker: &str, count: usize) -> Vec<Guest> {
    (0..count)
        .map(|_| Guest::start(enter(cloud), matchmaker))
        .collect()
}

impl Guest {
    /// Asks for a match.
    pub(crate) fn start(player: Player, matchmaker: &str) -> Self {
        let ticket = player.start(&wish(matchmaker));
        let ticket = ticket.unwrap_or_else(|error| panic!("{error}")).ticket_id;
        Self { player, ticket }
    }

    pub(crate) fn look(&self) -> Ticket {
        let ticket = self.player.look(&self.ticket);
        ticket.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Looks until the ticket is as wanted.
    #[track_caller]
    pub(crate) fn until(&self, wanted: impl Fn(&Ticket) -> bool) -> Ticket {
        let start = Instant::now();
        loop {
            let ticket = self.look();
            if wanted(&ticket) {
                return ticket;
            }
            assert!(start.elapsed() < PATIENCE, "it stays at {ticket:?}");
            thread::sleep(PAUSE);
        }
    }

    #[track_caller]
    pub(crate) fn until_status(&self, status: Status) -> Ticket {
        self.until(|ticket| ticket.status == status)
    }

    /// Says yes, and waits until the ticket shows it.
    #[track_caller]
    pub(crate) fn accept(&self) {
        let answer = self.player.accept(&self.ticket);
        answer.unwrap_or_else(|error| panic!("{error}"));
        self.until(|ticket| {
            let acceptance = ticket.acceptance.as_ref();
            acceptance.is_none_or(|acceptance| acceptance.accepted == Some(true))
        });
    }

    /// Gives the ticket up, which is not too late.
    #[track_caller]
    pub(crate) fn cancel(&self) {
        let answer = self.player.cancel(&self.ticket);
        answer.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Can't give the ticket up any more, and hears why.
    #[track_caller]
    pub(crate) fn cancels_too_late(&self, why: &str) {
        let answer = self.player.cancel(&self.ticket);
        let error = answer.expect_err("it is too late");
        let PlayerError::Refused { status, reason, .. } = &error else {
            panic!("{error}");
        };
        assert!(*status == 409 && reason.contains(why), "{error}");
    }

    /// Is let into the game by both protocols; tells where, and by which player session.
    #[track_caller]
    pub(crate) fn plays(&self) -> (String, String) {
        let journey = Journey {
            reply: Reply::Silence,
            protocols: vec![Protocol::Tcp, Protocol::Udp],
            patience: PATIENCE,
            longest_pause: Some(PAUSE),
        };
        let outcome = journey
            .run(&self.player, self.look(), &mut |_| {})
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(outcome.visit.welcomes.len(), 2);
        let session = outcome.connection.player_session_id.clone();
        let session = session.expect("players are let in by it");
        (outcome.visit.address.to_string(), session)
    }
}

/// All of them play on one server, each in a seat of their own.
#[track_caller]
pub(crate) fn play_together(guests: &[Guest]) -> String {
    let mut places: Vec<_> = guests.iter().map(Guest::plays).collect();
    places.sort();
    places.dedup_by(|one, other| one.1 == other.1);
    assert_eq!(places.len(), guests.len(), "{places:?}");
    let (server, _) = places[0].clone();
    assert!(places.iter().all(|place| place.0 == server), "{places:?}");
    server
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn eventually(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "{what} does not happen");
        thread::sleep(PAUSE);
    }
}
