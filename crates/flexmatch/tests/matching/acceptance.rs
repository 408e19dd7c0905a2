//! Matches that players must accept.

use std::time::Duration;

use flexmatch::matching::{
    AcceptanceOutcome, AnswerError, Event, FailureReason, MatchmakerOptions, Moment, PlayerId,
    Response, TicketId,
};

use crate::scene::{Scene, duel};

fn proposed() -> Scene {
    let options = MatchmakerOptions {
        acceptance_timeout: Some(Duration::from_secs(20)),
        ..MatchmakerOptions::default()
    };
    let mut scene = Scene::with(&duel(2, r#""rules": []"#), options);
    scene.enter(0, "a+b\nc+d");
    assert!(scene.matches(0).is_empty());
    scene.events.clear();
    scene
}

fn respond(
    scene: &mut Scene,
    ticket: &str,
    players: &[&str],
    response: Response,
) -> Result<(), AnswerError> {
    let players: Vec<PlayerId> = players
        .iter()
        .map(|player| PlayerId::from(*player))
        .collect();
    scene.matchmaker.respond(
        &TicketId::from(ticket),
        &players,
        response,
        Moment::from_secs(5),
    )
}

/// The events as words.
fn told(scene: &Scene) -> Vec<String> {
    let word = |event: &Event| match event {
        Event::Searching { ticket, .. } => format!("searching {ticket}"),
        Event::PotentialMatchCreated { .. } => "created".to_owned(),
        Event::AcceptMatch { answers, .. } => {
            format!(
                "answered {}",
                answers
                    .iter()
                    .filter(|answer| answer.accepted.is_some())
                    .count()
            )
        }
        Event::AcceptMatchCompleted { outcome, .. } => match outcome {
            AcceptanceOutcome::Accepted => "all accepted".to_owned(),
            AcceptanceOutcome::Rejected => "dropped".to_owned(),
            AcceptanceOutcome::TimedOut => "ran out".to_owned(),
        },
        Event::Ready(_) => "ready".to_owned(),
        Event::TimedOut { ticket, .. } => format!("timed out {ticket}"),
        Event::Cancelled { ticket, .. } => format!("cancelled {ticket}"),
        Event::Failed { ticket, reason, .. } => match reason {
            FailureReason::Rejected => format!("rejected by {ticket}"),
            FailureReason::NotAnswered => format!("not answered by {ticket}"),
        },
    };
    scene.events.iter().map(word).collect()
}

#[test]
fn a_match_is_ready_when_everybody_accepted() {
    let mut scene = proposed();
    respond(&mut scene, "a", &["a", "b"], Response::Accept).expect("it is proposed");
    assert!(scene.matches(5).is_empty());
    respond(&mut scene, "c", &["c"], Response::Accept).expect("it is proposed");
    respond(&mut scene, "c", &["d"], Response::Accept).expect("it is proposed");
    assert_eq!(scene.formed(5).len(), 1);
    assert_eq!(
        told(&scene),
        [
            "answered 2",
            "answered 3",
            "answered 4",
            "all accepted",
            "ready"
        ]
    );
}

#[test]
fn a_rejection_drops_the_match_and_gives_accepted_tickets_back() {
    let mut scene = proposed();
    respond(&mut scene, "a", &["a", "b"], Response::Accept).expect("it is proposed");
    respond(&mut scene, "c", &["d"], Response::Reject).expect("it is proposed");
    assert!(scene.matches(5).is_empty());
    assert_eq!(
        told(&scene),
        [
            "answered 2",
            "answered 3",
            "dropped",
            "rejected by c",
            "searching a"
        ]
    );
}

#[test]
fn silence_until_the_deadline_drops_the_match() {
    let mut scene = proposed();
    respond(&mut scene, "c", &["c", "d"], Response::Accept).expect("it is proposed");
    assert_eq!(scene.matchmaker.next_deadline(), Some(Moment::from_secs(5)));
    assert!(scene.matches(5).is_empty());
    assert_eq!(
        scene.matchmaker.next_deadline(),
        Some(Moment::from_secs(20))
    );
    assert!(scene.matches(20).is_empty());
    assert_eq!(
        told(&scene),
        ["answered 2", "ran out", "not answered by a", "searching c"]
    );
}

#[test]
fn a_returned_ticket_keeps_its_age() {
    let mut scene = proposed();
    respond(&mut scene, "a", &["a", "b"], Response::Accept).expect("it is proposed");
    respond(&mut scene, "c", &["d"], Response::Reject).expect("it is proposed");
    assert!(scene.matches(60).is_empty());
    assert_eq!(told(&scene).last().map(String::as_str), Some("timed out a"));
}

#[test]
fn taking_a_proposed_ticket_back_blames_nobody_else() {
    let mut scene = proposed();
    scene
        .matchmaker
        .remove(&TicketId::from("a"), Moment::from_secs(5))
        .expect("it is there");
    assert!(scene.matches(5).is_empty());
    assert_eq!(told(&scene), ["dropped", "cancelled a", "searching c"]);
}

#[test]
fn answers_of_strangers_are_refused() {
    let mut scene = proposed();
    assert!(matches!(
        respond(&mut scene, "a", &["c"], Response::Accept),
        Err(AnswerError::UnknownPlayer { .. })
    ));
    assert!(matches!(
        respond(&mut scene, "x", &["a"], Response::Accept),
        Err(AnswerError::UnknownTicket(_))
    ));
    scene.enter(5, "e+f");
    assert!(matches!(
        respond(&mut scene, "e", &["e"], Response::Accept),
        Err(AnswerError::NotProposed(_))
    ));
}
