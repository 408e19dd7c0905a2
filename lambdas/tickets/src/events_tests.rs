use super::*;

macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../tests/events/", $name, ".json"))
    };
}

#[track_caller]
fn check(message: &str, signal: Signal, tickets: &[&str]) {
    let event = parse(message).unwrap();
    let names: Vec<_> = event
        .tickets
        .iter()
        .map(|(ticket, _)| ticket.as_str())
        .collect();
    assert_eq!(names, tickets);
    for (_, seen) in &event.tickets {
        assert_eq!(seen.signal, signal);
    }
}

/// An event of one ticket with player `p1`; `rest` goes into the detail.
fn event(kind: &str, rest: &str) -> String {
    format!(
        r#"{{"id":"e-1","time":"2025-01-31T12:00:00.123Z","detail":{{"type":"{kind}",{rest}
        "tickets":[{{"ticketId":"t1","players":[{{"playerId":"p1"}}]}}]}}}}"#
    )
}

fn first(message: &str) -> Observation {
    parse(message).unwrap().tickets.remove(0).1
}

#[test]
fn recorded_matchmaking_events_are_read() {
    check(
        recorded!("MatchmakingSearching"),
        Signal::Searching,
        &["ticket-1"],
    );
    check(
        recorded!("PotentialMatchCreated"),
        Signal::MatchProposed,
        &["ticket-1", "ticket-2"],
    );
    check(
        recorded!("AcceptMatch"),
        Signal::Answered,
        &["ticket-1", "ticket-2"],
    );
    check(
        recorded!("AcceptMatchCompleted"),
        Signal::ProposalDropped,
        &["ticket-1", "ticket-2"],
    );
    check(
        recorded!("MatchmakingSucceeded"),
        Signal::Succeeded,
        &["ticket-1", "ticket-2"],
    );
    check(
        recorded!("MatchmakingTimedOut"),
        Signal::TimedOut,
        &["ticket-1"],
    );
    check(
        recorded!("MatchmakingCancelled"),
        Signal::Cancelled,
        &["ticket-1"],
    );
    check(
        recorded!("MatchmakingFailed"),
        Signal::Failed,
        &["ticket-1"],
    );
}

#[test]
fn recorded_placement_events_are_read() {
    let placement = "9999ffff-88ee-77dd-66cc-5555bb44aa";
    check(
        recorded!("queue.PlacementCancelled"),
        Signal::Placement(Placement::Cancelled),
        &[placement],
    );
    check(
        recorded!("queue.PlacementTimedOut"),
        Signal::Placement(Placement::TimedOut),
        &[placement],
    );
    let failed = parse(recorded!("queue.PlacementFailed")).unwrap();
    assert_eq!(
        failed.tickets[0].1.signal,
        Signal::Placement(Placement::Failed)
    );
}

#[test]
fn each_ticket_of_a_success_has_its_own_players_sessions() {
    let event = parse(recorded!("MatchmakingSucceeded")).unwrap();
    let sessions: Vec<_> = event
        .tickets
        .iter()
        .map(|(_, seen)| seen.players[0].session.clone().unwrap())
        .collect();
    assert_eq!(
        sessions,
        [
            "psess-6e7c13cf-10d6-4756-a53f-db7de782ed67",
            "psess-786b342f-9c94-44eb-bb9e-c1de46c472ce"
        ]
    );
    assert_eq!(event.tickets[0].1.connection, event.tickets[1].1.connection);
}

#[test]
fn a_missing_dns_name_is_no_obstacle() {
    let connection = first(recorded!("MatchmakingSucceeded")).connection.unwrap();
    assert_eq!(connection.dns_name, None);
    assert_eq!(connection.ip_address.as_deref(), Some("192.168.1.1"));
}

#[test]
fn a_port_may_be_a_number_or_digits() {
    for (port, expected) in [
        ("6262", Some(6262)),
        (r#""6262""#, Some(6262)),
        ("99999", None),
        (r#""x""#, None),
    ] {
        let info = format!(r#""gameSessionInfo":{{"ipAddress":"192.0.2.10","port":{port}}},"#);
        let connection = first(&event("MatchmakingSucceeded", &info))
            .connection
            .unwrap();
        assert_eq!(connection.port, expected, "{port}");
    }
}

#[test]
fn an_estimated_wait_may_be_seconds_or_a_word() {
    for (wait, expected) in [
        ("32", Some(32)),
        (r#""NOT_AVAILABLE""#, None),
        ("null", None),
        (r#""32""#, Some(32)),
    ] {
        let seen = first(&event(
            "MatchmakingSearching",
            &format!(r#""estimatedWaitMillis":{wait},"#),
        ));
        assert_eq!(seen.estimated_wait_seconds, expected, "{wait}");
    }
}

#[test]
fn a_match_without_acceptance_is_placed_at_once() {
    assert_eq!(
        first(&event(
            "PotentialMatchCreated",
            r#""acceptanceRequired":false,"#
        ))
        .signal,
        Signal::MatchFormed
    );
    assert_eq!(
        first(&event("PotentialMatchCreated", "")).signal,
        Signal::MatchProposed
    );
}

#[test]
fn the_outcome_of_acceptance_is_read_in_any_case() {
    for (outcome, signal) in [
        ("Accepted", Signal::AllAccepted),
        ("ACCEPTED", Signal::AllAccepted),
        ("Rejected", Signal::ProposalDropped),
        ("TimedOut", Signal::ProposalDropped),
    ] {
        let seen = first(&event(
            "AcceptMatchCompleted",
            &format!(r#""acceptance":"{outcome}","#),
        ));
        assert_eq!(seen.signal, signal, "{outcome}");
    }
}

#[test]
fn a_session_only_in_the_merged_list_is_found() {
    let info = r#""gameSessionInfo":{"players":[{"playerId":"p0","playerSessionId":"psess-0"},
        {"playerId":"p1","playerSessionId":"psess-1"}]},"#;
    let seen = first(&event("MatchmakingSucceeded", info));
    assert_eq!(seen.players[0].session.as_deref(), Some("psess-1"));
    assert_eq!(seen.connection, None);
}

#[test]
fn an_unknown_type_is_kept_by_name_and_concerns_no_ticket() {
    let event = parse(&event("MatchmakingPondering", r#""mood":"calm","#)).unwrap();
    assert_eq!(
        (event.kind.as_str(), event.tickets.len()),
        ("MatchmakingPondering", 0)
    );
}

#[test]
fn an_event_without_a_time_is_an_error() {
    let message = event("MatchmakingSearching", "").replace("2025-01-31T12:00:00.123Z", "soon");
    assert_eq!(
        parse(&message).unwrap_err().to_string(),
        "cannot read the time `soon` of the event"
    );
}

#[test]
fn every_record_of_a_notification_is_unwrapped() {
    let notification =
        serde_json::json!({"Records": [{"Sns": {"Message": "a"}}, {"Sns": {"Message": "b"}}]});
    assert_eq!(messages(&notification).unwrap(), ["a", "b"]);
}

#[test]
fn an_event_of_eventbridge_is_its_own_message() {
    let direct: Value = serde_json::from_str(recorded!("MatchmakingSearching")).unwrap();
    let messages = messages(&direct).unwrap();
    check(&messages[0], Signal::Searching, &["ticket-1"]);
}

#[test]
fn another_invocation_is_refused() {
    assert!(messages(&serde_json::json!({"Records": [{"s3": {}}]})).is_err());
    assert!(messages(&serde_json::json!({})).is_err());
}
