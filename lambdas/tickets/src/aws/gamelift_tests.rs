use aws_sdk_gamelift::types::MatchedPlayerSession;

use super::*;

const AT: Timestamp = Timestamp::from_millis(5_000);

fn ticket(status: &str) -> MatchmakingTicket {
    let session = MatchedPlayerSession::builder()
        .player_id("ann")
        .player_session_id("psess-a")
        .build();
    let info = GameSessionConnectionInfo::builder()
        .ip_address("192.0.2.10")
        .port(7777)
        .matched_player_sessions(session);
    MatchmakingTicket::builder()
        .ticket_id("t-1")
        .status(status.into())
        .estimated_wait_time(30)
        .game_session_connection_info(info.build())
        .build()
}

#[track_caller]
fn check(status: &str, signal: Option<Signal>) {
    assert_eq!(
        observation(ticket(status), AT).map(|(_, seen)| seen.signal),
        signal,
        "{status}"
    );
}

#[test]
fn every_status_is_understood() {
    check("QUEUED", Some(Signal::Queued));
    check("SEARCHING", Some(Signal::Searching));
    check("REQUIRES_ACCEPTANCE", Some(Signal::MatchProposed));
    check("PLACING", Some(Signal::MatchFormed));
    check("COMPLETED", Some(Signal::Succeeded));
    check("TIMED_OUT", Some(Signal::TimedOut));
    check("CANCELLED", Some(Signal::Cancelled));
    check("FAILED", Some(Signal::Failed));
}

#[test]
fn a_status_of_the_future_says_nothing() {
    check("PONDERING", None);
}

#[test]
fn a_completed_ticket_brings_its_sessions() {
    let (id, seen) = observation(ticket("COMPLETED"), AT).unwrap();
    assert_eq!(id.as_str(), "t-1");
    assert_eq!(seen.players[0].session.as_deref(), Some("psess-a"));
    assert_eq!(seen.connection.unwrap().port, Some(7777));
}

#[test]
fn attributes_use_the_member_of_their_type() {
    assert_eq!(attribute(&Attribute::Number(1.5)).n(), Some(1.5));
    assert_eq!(
        attribute(&Attribute::String("duel".to_owned())).s(),
        Some("duel")
    );
    assert_eq!(
        attribute(&Attribute::StringList(vec!["a".to_owned()])).sl(),
        ["a"]
    );
    let map = Attribute::StringNumberMap(BTreeMap::from([("lava".to_owned(), 2.0)]));
    assert_eq!(attribute(&map).sdm().unwrap()["lava"], 2.0);
}
