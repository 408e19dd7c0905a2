//! What may happen to events, tables and handlers: no ticket is lost by it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use liftform_player::{Connection, Status};
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::guests::{Guest, enter, eventually, guests, play_together, wish};
use crate::proxy::Fate;
use crate::support;

/// How long tables fail.
const OUTAGE: Duration = Duration::from_secs(30);

/// How much later events come, as `cloud.rs` sets it.
const DELAY: Duration = Duration::from_secs(60);

/// FlexMatch has a match for all of them, whatever the backend knows.
fn until_matched(cloud: &Cloud, guests: &[Guest]) {
    for guest in guests {
        eventually("the match", || {
            cloud.described(&guest.ticket)["Status"] == "COMPLETED"
        });
    }
}

/// All of them know the same server, and each the seat that FlexMatch has given to this very player.
#[track_caller]
fn have_own_seats(cloud: &Cloud, guests: &[Guest]) {
    let connections: Vec<Connection> = guests
        .iter()
        .map(|guest| {
            let ticket = guest.until_status(Status::Succeeded);
            ticket.connection.expect("a match has a place")
        })
        .collect();
    for (guest, own) in guests.iter().zip(&connections) {
        let known = cloud.described(&guest.ticket);
        let known = &known["GameSessionConnectionInfo"];
        let seats = known["MatchedPlayerSessions"].as_array();
        let mut seats = seats.expect("a list").iter();
        let seat = seats.find(|seat| seat["PlayerId"] == guest.player.identity);
        assert_eq!(
            (json!(own.port), json!(own.player_session_id)),
            (
                known["Port"].clone(),
                seat.expect("a seat")["PlayerSessionId"].clone()
            )
        );
    }
    assert_eq!(connections[0].port, connections[1].port);
    assert_ne!(
        connections[0].player_session_id,
        connections[1].player_session_id
    );
}

/// Nobody is bound to a ticket that is over.
fn are_free(cloud: &Cloud, guests: &[Guest]) {
    for guest in guests {
        let key = json!({ "player_id": { "S": guest.player.identity } });
        eventually("the release of a player", || {
            cloud.row("PlayersTable", &key)["open_ticket"].is_null()
        });
    }
}

/// The write of the row takes longer than FlexMatch does to tell about the ticket.
pub(crate) fn early(cloud: &Cloud) {
    cloud.proxy.rule("early", |request| {
        let writes = request.operation == "TransactWriteItems";
        if writes && request.body.contains(r#""early""#) {
            Fate::Postpone
        } else {
            Fate::Pass
        }
    });
    let first = guests(cloud, "early", 1).remove(0);
    cloud.proxy.end_rule("early");
    eventually("an event about the ticket", || {
        cloud.proxy.answered("GetItem", &first.ticket) > 0
    });
    first.until_status(Status::Searching);
    let looks = cloud.proxy.answered("GetItem", &first.ticket);
    assert!(looks > 1, "the event came when the row was there already");
    let mut pair = vec![first];
    pair.extend(guests(cloud, "early", 1));
    play_together(&pair);
}

/// The table fails for one of two tickets, by turns with an answer and without one. The other ticket is not held up, and
/// what came too often ends in the dead-letter queue, from where it is brought back.
pub(crate) fn outage(cloud: &Cloud) {
    let first = guests(cloud, "outage", 1).remove(0);
    first.until_status(Status::Searching);
    let pool = &cloud.backend.identity_pool;
    let outsider = support::Player::enter(&cloud.endpoint, "us-east-1", pool);
    let keys = [
        first.ticket.clone(),
        first.player.identity.clone(),
        outsider.identity.clone(),
    ];
    let turns = AtomicUsize::new(0);
    let start = Instant::now();
    cloud.proxy.rule("outage", move |request| {
        let turn = || turns.fetch_add(1, Ordering::Relaxed);
        match request.names(&keys) {
            false => Fate::Pass,
            true if turn() % 2 == 0 => Fate::Throttle,
            true => Fate::Close,
        }
    });
    let wish = serde_json::to_value(wish("outage")).expect("a wish is JSON");
    let url = format!("{}/tickets", cloud.backend.api);
    let (status, problem) = outsider.call("POST", &url, Some(&wish));
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")));

    let mut pair = guests(cloud, "outage", 1);
    pair[0].until_status(Status::Succeeded);
    pair.push(first);
    // That there is a match, and where: both are about both tickets.
    eventually("the end of all attempts", || {
        cloud.letters("FailedInvocations") == 2
    });
    thread::sleep(OUTAGE.saturating_sub(start.elapsed()));
    assert_eq!(pair[1].look().status, Status::Searching);
    cloud.proxy.end_rule("outage");
    let report = cloud.liftform(&["redrive", "--output", "json"]);
    assert_eq!(
        fates(&report),
        [
            ("MatchmakingSucceeded", "published"),
            ("PotentialMatchCreated", "published")
        ]
    );
    have_own_seats(cloud, &pair);
    are_free(cloud, &pair);
}

/// What became of which dead letters, sorted.
fn fates(report: &Value) -> Vec<(&str, &str)> {
    let messages = report["messages"].as_array().expect("a list");
    let mut fates: Vec<_> = messages
        .iter()
        .map(|message| {
            (
                message["events"][0].as_str().expect("an event"),
                message["fate"].as_str().expect("a fate"),
            )
        })
        .collect();
    fates.sort_unstable();
    fates
}

/// The handler is killed with a match half written: once with the ticket stored and its player still bound to it, once
/// before the ticket is stored.
pub(crate) fn killed(cloud: &Cloud) {
    for (kills, fate) in [(1, Fate::KillAfter), (2, Fate::KillBefore)] {
        let first = guests(cloud, "killed", 1).remove(0);
        first.until_status(Status::Searching);
        let (ticket, killed) = (first.ticket.clone(), AtomicBool::new(false));
        cloud.proxy.rule("killed", move |request| {
            let ends = request.operation == "PutItem"
                && request.body.contains(&ticket)
                && request.body.contains(r#""succeeded""#);
            if ends && !killed.swap(true, Ordering::Relaxed) {
                fate
            } else {
                Fate::Pass
            }
        });
        let mut pair = vec![first];
        pair.extend(guests(cloud, "killed", 1));
        have_own_seats(cloud, &pair);
        are_free(cloud, &pair);
        assert_eq!(cloud.proxy.kills(), kills);
        cloud.proxy.end_rule("killed");
    }
}

/// Each event comes three times, among the others in any order.
pub(crate) fn unruly(cloud: &Cloud) {
    let pair = guests(cloud, "unruly", 2);
    have_own_seats(cloud, &pair);
    for guest in &pair {
        // Searching, a match, a place: every copy makes the handler look at the row.
        eventually("all copies", || {
            cloud.proxy.answered("GetItem", &guest.ticket) >= 9
        });
    }
    have_own_seats(cloud, &pair);
    are_free(cloud, &pair);
}

/// SNS has the events a minute late.
pub(crate) fn late(cloud: &Cloud) {
    let start = Instant::now();
    let pair = guests(cloud, "late", 2);
    until_matched(cloud, &pair);
    for guest in &pair {
        assert_eq!(guest.look().status, Status::Queued);
    }
    have_own_seats(cloud, &pair);
    assert!(start.elapsed() >= DELAY, "{:?}", start.elapsed());
    are_free(cloud, &pair);
}

/// No event comes at all.
pub(crate) fn lost(cloud: &Cloud) {
    let pair = guests(cloud, "lost", 2);
    until_matched(cloud, &pair);
    for guest in &pair {
        assert_eq!(guest.look().status, Status::Queued);
    }
    *cloud.unheard.lock().expect("nothing panics") = pair;
}

/// The tickets have been silent for half a minute by now.
pub(crate) fn reconciled(cloud: &Cloud) {
    let pair = std::mem::take(&mut *cloud.unheard.lock().expect("nothing panics"));
    eventually("reconciling", || {
        cloud.invoke("reconcile-tickets");
        let mut tickets = pair.iter().map(Guest::look);
        tickets.all(|ticket| ticket.status == Status::Succeeded)
    });
    have_own_seats(cloud, &pair);
    are_free(cloud, &pair);
}

/// One message is no event, another one is about a ticket whose row is missing. Neither holds up anybody; the second one
/// does its work once it can, the first one comes back to the queue.
pub(crate) fn poison(cloud: &Cloud) {
    assert_eq!(cloud.letters("FailedInvocations"), 0);
    let guest = Guest::start(enter(cloud), "nobody");
    guest.until_status(Status::Searching);
    let orphan = format!("flow-local-{:032x}", 7);
    cloud.publish("no event at all");
    cloud.publish(&cancellation(&orphan, &guest.player.identity));
    eventually("the end of all attempts", || {
        cloud.letters("FailedInvocations") == 2
    });
    let looked = cloud.liftform(&["redrive", "--dry-run", "--output", "json"]);
    assert_eq!(
        fates(&looked),
        [
            ("MatchmakingCancelled", "publishable"),
            ("unreadable", "publishable")
        ]
    );

    let key = |id: &str| json!({ "ticket_id": { "S": id } });
    let mut row = cloud.row("TicketsTable", &key(&guest.ticket));
    row["ticket_id"] = json!({ "S": orphan });
    cloud.write("TicketsTable", &row);
    let redriven = cloud.liftform(&["redrive", "--output", "json"]);
    assert_eq!(
        fates(&redriven),
        [
            ("MatchmakingCancelled", "published"),
            ("unreadable", "published")
        ]
    );
    eventually("the event's work", || {
        cloud.row("TicketsTable", &key(&orphan))["status"]["S"] == "cancelled"
    });
    eventually("the return of the other one", || {
        cloud.letters("FailedInvocations") == 1
    });
    guest.cancel();
    guest.until_status(Status::Cancelled);
}

fn cancellation(ticket: &str, player: &str) -> String {
    json!({
        "id": "00000000-0000-4000-8000-000000000007",
        "time": "2125-01-01T00:00:00.000Z",
        "detail-type": "GameLift Matchmaking Event",
        "detail": {
            "type": "MatchmakingCancelled",
            "tickets": [{ "ticketId": ticket, "players": [{ "playerId": player }] }],
        },
    })
    .to_string()
}
