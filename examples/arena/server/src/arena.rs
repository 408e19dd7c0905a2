//! The session as players see it: who is in it, and whether it goes on. Asks GameLift about everybody it doesn't know.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use gamelift_server_sdk::{SdkError, Server};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// What the arena asks GameLift.
pub(crate) trait Doorkeeper {
    /// Takes the seat of a player session and names its player.
    fn admit(&self, player_session: &str) -> impl Future<Output = Result<String, SdkError>>;
    /// Gives the seat back.
    fn dismiss(&self, player_session: &str) -> impl Future<Output = Result<(), SdkError>>;
}

/// GameLift, for one game session.
pub(crate) struct Seats {
    pub(crate) server: Server,
    pub(crate) game_session: String,
}

impl Doorkeeper for Seats {
    async fn admit(&self, player_session: &str) -> Result<String, SdkError> {
        self.server
            .accept_player_session(&self.game_session, player_session)
            .await?;
        let seat = self.server.player_session(player_session).await?;
        Ok(seat.map(|seat| seat.player_id).unwrap_or_default())
    }

    async fn dismiss(&self, player_session: &str) -> Result<(), SdkError> {
        self.server
            .remove_player_session(&self.game_session, player_session)
            .await
    }
}

/// One game session.
pub(crate) struct Arena<D> {
    doorkeeper: D,
    idle: Duration,
    guests: Mutex<Guests>,
}

struct Guests {
    /// Player by player session.
    inside: BTreeMap<String, String>,
    empty_since: Option<Instant>,
}

impl<D: Doorkeeper> Arena<D> {
    pub(crate) fn new(doorkeeper: D, idle: Duration) -> Self {
        let guests = Guests {
            inside: BTreeMap::new(),
            empty_since: Some(Instant::now()),
        };
        Self {
            doorkeeper,
            idle,
            guests: Mutex::new(guests),
        }
    }

    /// Answers a player who wants in. The same player session may come again, over the other protocol or after a lost
    /// datagram: GameLift is asked once.
    pub(crate) async fn join(&self, player_session: &str) -> String {
        // Held while GameLift is asked: two datagrams of one player must not ask twice.
        let mut guests = self.guests.lock().await;
        if let Some(player) = guests.inside.get(player_session) {
            return format!("WELCOME {player}");
        }
        match self.doorkeeper.admit(player_session).await {
            Ok(player) => {
                let welcome = format!("WELCOME {player}");
                guests.inside.insert(player_session.to_owned(), player);
                guests.empty_since = None;
                welcome
            }
            Err(SdkError::Refused { .. }) => "REFUSED there is no such seat".to_owned(),
            Err(_) => "REFUSED try again".to_owned(),
        }
    }

    /// Lets a player go. GameLift is told, too, but the player is gone whatever it answers.
    pub(crate) async fn leave(&self, player_session: &str) {
        let mut guests = self.guests.lock().await;
        if guests.inside.remove(player_session).is_none() {
            return;
        }
        if guests.inside.is_empty() {
            guests.empty_since = Some(Instant::now());
        }
        if let Err(error) = self.doorkeeper.dismiss(player_session).await {
            crate::log(&error.to_string());
        }
    }

    /// Waits until nobody has been there for the idle time.
    pub(crate) async fn empty(&self) {
        loop {
            let since = self.guests.lock().await.empty_since;
            let wait = match since.map(|since| since.elapsed()) {
                Some(quiet) if quiet >= self.idle => return,
                Some(quiet) => self.idle.saturating_sub(quiet),
                None => self.idle,
            };
            tokio::time::sleep(wait).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as Lock;

    use super::*;

    #[derive(Default)]
    struct Book(Lock<Vec<String>>);

    impl Book {
        fn note(&self, what: &str, player_session: &str) {
            self.0
                .lock()
                .unwrap()
                .push(format!("{what} {player_session}"));
        }
    }

    impl Doorkeeper for &Book {
        async fn admit(&self, player_session: &str) -> Result<String, SdkError> {
            self.note("admit", player_session);
            match player_session.strip_prefix("psess-") {
                Some(player) => Ok(player.to_owned()),
                None => Err(SdkError::Refused {
                    action: "AcceptPlayerSession",
                    status: 400,
                    message: String::new(),
                }),
            }
        }

        async fn dismiss(&self, player_session: &str) -> Result<(), SdkError> {
            self.note("dismiss", player_session);
            Ok(())
        }
    }

    fn arena(book: &Book) -> Arena<&Book> {
        Arena::new(book, Duration::from_secs(60))
    }

    #[tokio::test]
    async fn a_reserved_player_is_let_in_once() {
        let book = Book::default();
        let arena = arena(&book);
        for _ in 0..2 {
            assert_eq!(arena.join("psess-ann").await, "WELCOME ann");
        }
        arena.leave("psess-ann").await;
        arena.leave("psess-ann").await;
        assert_eq!(
            *book.0.lock().unwrap(),
            ["admit psess-ann", "dismiss psess-ann"]
        );
    }

    #[tokio::test]
    async fn a_stranger_is_refused() {
        let book = Book::default();
        assert_eq!(
            arena(&book).join("made-up").await,
            "REFUSED there is no such seat"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_session_ends_when_nobody_has_been_there_for_a_while() {
        let book = Book::default();
        let arena = arena(&book);
        let start = Instant::now();
        let players = async {
            tokio::time::sleep(Duration::from_secs(50)).await;
            arena.join("psess-ann").await;
            tokio::time::sleep(Duration::from_secs(100)).await;
            arena.leave("psess-ann").await;
        };
        tokio::join!(players, arena.empty());
        assert_eq!(start.elapsed().as_secs(), 210);
    }
}
