//! Sessions that are filled again.

use flexmatch::matching::{BackfillRequest, Event, Moment, Refused, SeatedPlayer, TicketId};

use crate::scene::{Scene, duel, player, show};

fn request(id: &str, seats: &[(&str, &str)]) -> BackfillRequest {
    let seated = |(team, line): &(&str, &str)| SeatedPlayer {
        player: player(line),
        team: (*team).to_owned(),
    };
    BackfillRequest {
        id: TicketId::from(id),
        game_session: "session-1".to_owned(),
        players: seats.iter().map(seated).collect(),
    }
}

fn scene(priority: &str) -> Scene {
    Scene::patient(&duel(
        2,
        &format!(
            r#""algorithm": {{"backfillPriority": "{priority}"}},
            "playerAttributes": [{{"name": "skill", "type": "number", "default": 0}}],
            "rules": [{{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 5}}]"#
        ),
    ))
}

const SEATS: [(&str, &str); 3] = [("red", "a"), ("red", "b"), ("blue", "c")];

#[test]
fn a_new_player_takes_the_open_slot() {
    let mut scene = scene("normal");
    scene
        .matchmaker
        .backfill(request("fill", &SEATS), Moment::from_secs(0))
        .expect("it is fine");
    assert!(scene.formed(0).is_empty());
    scene.enter(1, "far skill=9\nnew skill=5");
    let formed = scene.formed(1);
    assert_eq!(show(&formed[0]), "red: a b, blue: c new");
    assert_eq!(formed[0].game_session.as_deref(), Some("session-1"));
    assert_eq!(
        formed[0].tickets,
        [TicketId::from("fill"), TicketId::from("new")]
    );
    let brought = formed[0]
        .players()
        .find(|player| player.id.as_str() == "c")
        .expect("it plays");
    assert_eq!(brought.ticket.as_str(), "fill");
}

#[test]
fn priority_decides_between_a_session_and_a_new_match() {
    for (priority, is_filled) in [("high", true), ("low", false), ("normal", false)] {
        let mut scene = scene(priority);
        scene.enter(0, "w\nx\ny\nz");
        scene
            .matchmaker
            .backfill(request("fill", &SEATS), Moment::from_secs(0))
            .expect("it is fine");
        let formed = scene.formed(0);
        assert_eq!(formed[0].game_session.is_some(), is_filled, "{priority}");
    }
}

#[test]
fn two_sessions_are_never_joined() {
    let mut scene = scene("high");
    scene
        .matchmaker
        .backfill(
            request("one", &[("red", "a"), ("red", "b")]),
            Moment::from_secs(0),
        )
        .expect("it is fine");
    let mut second = request("two", &[("blue", "c"), ("blue", "d")]);
    second.game_session = "session-2".to_owned();
    scene
        .matchmaker
        .backfill(second, Moment::from_secs(0))
        .expect("it is fine");
    assert!(scene.formed(0).is_empty());
}

#[test]
fn a_second_request_for_a_session_replaces_the_first() {
    let mut scene = scene("normal");
    scene
        .matchmaker
        .backfill(request("one", &SEATS), Moment::from_secs(0))
        .expect("it is fine");
    scene
        .matchmaker
        .backfill(request("two", &SEATS), Moment::from_secs(1))
        .expect("it is fine");
    assert!(scene.formed(1).is_empty());
    assert!(
        matches!(&scene.events[0], Event::Cancelled { ticket, .. } if ticket.as_str() == "one")
    );
    assert_eq!(scene.matchmaker.searching(), 1);
}

#[test]
fn a_seat_in_an_unknown_team_is_refused() {
    let mut scene = scene("normal");
    let refused = scene
        .matchmaker
        .backfill(request("one", &[("green", "a")]), Moment::from_secs(0));
    assert!(matches!(refused, Err(Refused::UnknownTeam { .. })));
    assert_eq!(scene.matchmaker.searching(), 0);
}
