//! `GET /profile`: what matchmaking knows about the caller. Reads one row and changes nothing.

use std::collections::BTreeMap;

use serde::Serialize;
use tickets::answer::{Answer, Problem};
use tickets::api::ApiCall;
use tickets::player::Player;
use tickets::stores::PlayerStore;

/// The answer's body.
#[derive(Serialize)]
struct Profile<'a, V> {
    player_id: &'a str,
    attributes: &'a BTreeMap<String, V>,
}

/// Answers with the caller's own row; a player without one is a new player, not an error.
pub async fn handle(call: &ApiCall, store: &impl PlayerStore) -> Result<Answer, Problem> {
    let caller = call.player()?;
    let player = store
        .player(caller)
        .await?
        .unwrap_or_else(|| Player::unknown(caller.clone()));
    Ok(Answer::json(
        200,
        &Profile {
            player_id: player.player_id.as_str(),
            attributes: &player.attributes,
        },
    ))
}

#[cfg(test)]
mod tests {
    use tickets::fakes::{Memory, ticket};

    use super::*;

    async fn ask(player: Option<&str>) -> Answer {
        let store = Memory::with(ticket("t-1", &["ann"]));
        let mut ann = Player::unknown(
            ApiCall::of(Some("ann"), None, "")
                .player()
                .expect("a player")
                .clone(),
        );
        ann.attributes.insert("skill".to_owned(), 1200.into());
        store.add_player(ann);
        handle(&ApiCall::of(player, None, ""), &store)
            .await
            .unwrap_or_else(Answer::from)
    }

    #[tokio::test]
    async fn a_known_player_sees_the_attributes() {
        assert_eq!(
            ask(Some("ann")).await.body,
            r#"{"player_id":"ann","attributes":{"skill":1200}}"#
        );
    }

    #[tokio::test]
    async fn a_new_player_has_none() {
        assert_eq!(
            ask(Some("bob")).await.body,
            r#"{"player_id":"bob","attributes":{}}"#
        );
    }

    #[tokio::test]
    async fn nobody_is_refused() {
        assert_eq!(ask(None).await.status_code, 403);
    }
}
