//! Parties: several players, one ticket.

use liftform_player::{Player, PlayerError, Wish};
use serde_json::json;

use crate::cloud::Cloud;
use crate::guests::{Guest, enter, guests, play_together, wish};

/// The game's own services write down who follows whom.
fn follow(cloud: &Cloud, member: &Player, leader: &Player) {
    let row =
        json!({ "player_id": { "S": member.identity }, "party_leader": { "S": leader.identity } });
    cloud.write("PlayersTable", &row);
}

fn party(members: &[&Player]) -> Wish {
    Wish {
        party: members.iter().map(|one| one.identity.clone()).collect(),
        ..wish("parties")
    }
}

/// A party of two and two players alone are a match; each has a seat, also who has not asked for the ticket.
pub(crate) fn play(cloud: &Cloud) {
    let (leader, member) = (enter(cloud), enter(cloud));
    follow(cloud, &member, &leader);
    let ticket = leader.start(&party(&[&member]));
    let ticket = ticket.unwrap_or_else(|error| panic!("{error}")).ticket_id;
    let own = member.start(&wish("parties"));
    let own = own.unwrap_or_else(|error| panic!("{error}")).ticket_id;
    assert_eq!(own, ticket, "a member has one ticket: the party's");

    let mut all = guests(cloud, "parties", 2);
    all.extend([leader, member].map(|player| Guest {
        player,
        ticket: ticket.clone(),
    }));
    play_together(&all);
}

/// Nobody is taken along against their will, or out of another ticket.
pub(crate) fn refused(cloud: &Cloud) {
    let (leader, member) = (enter(cloud), enter(cloud));
    let conflict = |wish: &Wish| {
        let error = leader.start(wish).expect_err("there is no party");
        assert!(
            matches!(error, PlayerError::Refused { status: 409, .. }),
            "{error}"
        );
    };
    conflict(&party(&[&member]));
    follow(cloud, &member, &leader);
    let busy = Guest::start(member, "nobody");
    conflict(&party(&[&busy.player]));
    busy.cancel();
}
