use super::*;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn ticket() -> Ticket {
    let players = vec![PlayerId::new("ann"), PlayerId::new("bob")];
    Ticket::open(
        TicketId::new("t-1"),
        PlayerId::new("ann"),
        players,
        "duel",
        120,
        at(1_000),
    )
}

fn seen(signal: Signal, time: i64) -> Observation {
    Observation {
        match_id: Some("m-1".to_owned()),
        ..Observation::bare(signal, at(time))
    }
}

fn player(name: &str, session: Option<&str>, accepted: Option<bool>) -> PlayerOutcome {
    PlayerOutcome {
        player: PlayerId::new(name),
        session: session.map(str::to_owned),
        accepted,
    }
}

fn succeeded(time: i64) -> Observation {
    Observation {
        connection: Some(Connection {
            ip_address: Some("192.0.2.10".to_owned()),
            port: Some(10777),
            ..Connection::default()
        }),
        players: vec![
            player("ann", Some("psess-a"), None),
            player("bob", Some("psess-b"), None),
            player("eve", Some("psess-e"), None),
        ],
        ..seen(Signal::Succeeded, time)
    }
}

#[track_caller]
fn check(observations: &[Observation], test: impl Fn(&Ticket)) {
    let mut ticket = ticket();
    for one in observations {
        ticket.observe(one, at(9_000));
    }
    test(&ticket);
}

#[test]
fn a_new_ticket_is_in_the_index_and_expires_after_its_timeout() {
    let ticket = ticket();
    assert!(SHARDS.contains(&ticket.open_shard.as_deref().unwrap()));
    assert_eq!(ticket.times_out_at, at(121_000));
    assert_eq!(ticket.expires_at, 121 + KEPT_SECONDS);
}

#[test]
fn success_keeps_every_own_players_session_and_no_strangers() {
    check(&[succeeded(5_000)], |ticket| {
        assert_eq!(ticket.status, Status::Succeeded);
        assert_eq!(ticket.player_sessions[&PlayerId::new("ann")], "psess-a");
        assert_eq!(ticket.player_sessions[&PlayerId::new("bob")], "psess-b");
        assert_eq!(ticket.player_sessions.len(), 2);
    });
}

#[test]
fn a_final_ticket_leaves_the_index() {
    check(&[succeeded(5_000)], |ticket| {
        assert_eq!(ticket.open_shard, None);
    });
}

#[test]
fn a_second_success_adds_only_what_is_missing() {
    let mut poor = succeeded(5_000);
    poor.players.truncate(1);
    let mut other = succeeded(6_000);
    other.players[0].session = Some("psess-other".to_owned());
    check(&[poor, other], |ticket| {
        assert_eq!(ticket.player_sessions[&PlayerId::new("ann")], "psess-a");
        assert_eq!(ticket.player_sessions[&PlayerId::new("bob")], "psess-b");
        assert_eq!(ticket.event_time, at(5_000));
    });
}

#[test]
fn a_repeated_event_changes_nothing() {
    let mut ticket = ticket();
    assert!(ticket.observe(&succeeded(5_000), at(9_000)));
    assert!(!ticket.observe(&succeeded(5_000), at(10_000)));
}

#[test]
fn answers_are_kept_for_own_players() {
    let answered = Observation {
        players: vec![
            player("ann", None, Some(true)),
            player("eve", None, Some(false)),
        ],
        ..seen(Signal::Answered, 3_000)
    };
    let proposed = Observation {
        acceptance_seconds: Some(20),
        ..seen(Signal::MatchProposed, 2_000)
    };
    let expected = |ticket: &Ticket| {
        let acceptance = ticket.acceptance.clone().unwrap();
        assert_eq!(acceptance.answer_by, Some(at(22_000)));
        assert_eq!(
            acceptance.answers,
            BTreeMap::from([(PlayerId::new("ann"), true)])
        );
    };
    check(&[proposed.clone(), answered.clone()], expected);
    check(&[answered, proposed], expected);
}

#[test]
fn a_new_proposal_forgets_the_answers_to_the_old_one() {
    let answered = Observation {
        players: vec![player("ann", None, Some(true))],
        ..seen(Signal::Answered, 3_000)
    };
    let next = Observation {
        match_id: Some("m-2".to_owned()),
        ..seen(Signal::MatchProposed, 4_000)
    };
    check(&[answered, next], |ticket| {
        assert!(ticket.acceptance.clone().unwrap().answers.is_empty());
        assert_eq!(ticket.match_id.as_deref(), Some("m-2"));
    });
}

#[test]
fn a_dropped_proposal_is_noted_for_its_own_match_only() {
    let other = Observation {
        match_id: Some("m-0".to_owned()),
        ..seen(Signal::ProposalDropped, 3_000)
    };
    let proposed = seen(Signal::MatchProposed, 2_000);
    check(&[proposed.clone(), other], |ticket| {
        assert!(!ticket.acceptance.clone().unwrap().dropped);
    });
    check(
        &[proposed, seen(Signal::ProposalDropped, 3_000)],
        |ticket| {
            assert!(ticket.acceptance.clone().unwrap().dropped);
        },
    );
}

#[test]
fn searching_again_leaves_the_dropped_match() {
    let again = Observation {
        match_id: None,
        ..seen(Signal::Searching, 4_000)
    };
    check(&[seen(Signal::MatchProposed, 2_000), again], |ticket| {
        assert_eq!(
            (ticket.acceptance.clone(), ticket.match_id.clone()),
            (None, None)
        );
    });
}

#[test]
fn a_ticket_past_its_expiry_is_over() {
    let ticket = ticket();
    assert!(!ticket.is_over(at(2_000)));
    assert!(ticket.is_over(Timestamp::from_millis(ticket.expires_at * 1000)));
}

#[test]
fn rows_survive_the_way_through_json() {
    check(
        &[seen(Signal::MatchProposed, 2_000), succeeded(5_000)],
        |ticket| {
            let text = serde_json::to_string(ticket).unwrap();
            assert_eq!(serde_json::from_str::<Ticket>(&text).unwrap(), *ticket);
        },
    );
}

#[test]
fn shards_are_spread_evenly() {
    let prefix = crate::id::TicketPrefix::parse("skirmish-prod").unwrap();
    let mut counts = BTreeMap::new();
    for _ in 0..400 {
        *counts.entry(shard(&prefix.new_ticket())).or_insert(0) += 1;
    }
    assert!(counts.values().all(|count| *count > 50), "{counts:?}");
}
