//! Tickets from start to end.

use std::time::Duration;

use flexmatch::matching::{
    CancelCause, Event, Matchmaker, MatchmakerOptions, Moment, Player, Refused, Ticket, TicketId,
};

use crate::scene::{Scene, duel, player, published};

fn at(seconds: u64) -> Moment {
    Moment::from_secs(seconds)
}

#[test]
fn a_ticket_that_waits_too_long_times_out_with_the_rules_that_failed() {
    let rules = r#""playerAttributes": [{"name": "skill", "type": "number"}],
        "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 1}]"#;
    let mut scene = Scene::new(&duel(1, rules));
    scene.enter(0, "a skill=0\nb skill=9");
    assert!(scene.matches(0).is_empty());
    assert_eq!(scene.matchmaker.next_deadline(), Some(at(60)));
    assert!(scene.matches(60).is_empty());
    let mut timed_out = Vec::new();
    for event in &scene.events {
        if let Event::TimedOut { ticket, metrics } = event {
            timed_out.push((ticket, metrics[0].failed));
        }
    }
    assert_eq!(timed_out.len(), 2);
    assert!(
        timed_out.iter().all(|(_, failed)| *failed > 0),
        "{timed_out:?}"
    );
    assert_eq!(scene.matchmaker.next_deadline(), None);
}

#[test]
fn searching_is_reported_once_and_the_estimate_follows_the_waits() {
    let mut scene = Scene::new(&duel(1, r#""rules": []"#));
    scene.enter(0, "a");
    assert!(scene.matches(0).is_empty());
    scene.enter(10, "b");
    assert_eq!(scene.formed(10).len(), 1);
    let searching = scene
        .events
        .iter()
        .filter(|event| matches!(event, Event::Searching { .. }));
    assert_eq!(searching.count(), 2);
    assert_eq!(
        scene.matchmaker.estimated_wait(),
        Some(Duration::from_secs(5))
    );
}

#[test]
fn a_new_ticket_of_a_player_replaces_the_old_one() {
    let mut scene = Scene::new(&duel(1, r#""rules": []"#));
    scene.enter(0, "a");
    let again = Ticket::new("second", vec![player("a")]);
    scene.matchmaker.enqueue(again, at(1)).expect("it is fine");
    assert!(scene.matches(1).is_empty());
    assert!(scene.events.iter().any(|event| matches!(
        event,
        Event::Cancelled { ticket, cause: CancelCause::Replaced, .. } if ticket.as_str() == "a"
    )));
    assert_eq!(scene.matchmaker.searching(), 1);
}

#[test]
fn a_removed_ticket_is_cancelled_and_then_unknown() {
    let mut scene = Scene::new(&duel(1, r#""rules": []"#));
    scene.enter(0, "a");
    let id = TicketId::from("a");
    assert!(scene.matchmaker.remove(&id, at(1)).is_ok());
    assert!(scene.matchmaker.remove(&id, at(1)).is_err());
    assert!(scene.matches(1).is_empty());
    assert!(matches!(
        scene.events[..],
        [Event::Cancelled {
            cause: CancelCause::Requested,
            ..
        }]
    ));
}

#[test]
fn malformed_tickets_are_refused_and_change_nothing() {
    let mut matchmaker = Matchmaker::new(
        &published("docs_ex1_aliens_vs_cowboys"),
        MatchmakerOptions::default(),
    );
    let mut check = |players: Vec<Player>, expected: &str| {
        let refused: Refused = matchmaker
            .enqueue(Ticket::new("t", players), at(0))
            .expect_err("it is refused");
        assert_eq!(refused.to_string(), expected);
        assert_eq!(matchmaker.searching(), 0);
    };
    check(vec![], "ticket `t` has no players");
    check(
        vec![player("a"), player("a")],
        "ticket `t` names player `a` twice",
    );
    check(
        vec![player("a skill=high")],
        "attribute `skill` of player `a` must be a `number`",
    );
    let eleven = (0..11)
        .map(|number| player(&format!("p{number}")))
        .collect();
    check(eleven, "ticket `t` has more than 10 players");
    let far = (0..129).fold(player("a"), |player, number| {
        player.near(&format!("l{number}"), 1)
    });
    check(
        vec![far],
        "the matchmaker has seen 128 different locations and keeps no more apart",
    );
}

#[test]
fn an_empty_matchmaker_waits_for_nothing() {
    let scene = Scene::new(&duel(1, r#""rules": []"#));
    assert_eq!(scene.matchmaker.next_deadline(), None);
}

#[test]
fn expansions_wake_the_matchmaker() {
    let mut scene = Scene::patient(&published("docs_ex1_aliens_vs_cowboys"));
    scene.enter(3, "a");
    assert!(scene.matches(3).is_empty());
    assert_eq!(scene.matchmaker.next_deadline(), Some(at(8)));
}
