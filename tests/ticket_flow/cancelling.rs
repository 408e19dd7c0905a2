//! Giving a ticket up, in each state that it may be in.

use liftform_player::{Status, Ticket};

use crate::cloud::Cloud;
use crate::guests::{Guest, guests};

fn one(cloud: &Cloud, matchmaker: &str) -> Guest {
    guests(cloud, matchmaker, 1).remove(0)
}

/// Gives it up in time: the end comes as an event, and then it is over for good.
#[track_caller]
fn ends(guest: &Guest) -> Ticket {
    guest.cancel();
    let ended = guest.until_status(Status::Cancelled);
    guest.cancels_too_late("has ended");
    ended
}

/// The matchmaker knows the ticket, but its first event is lost.
pub(crate) fn queued(cloud: &Cloud) {
    let guest = one(cloud, "unseen");
    crate::guests::eventually("searching", || {
        cloud.described(&guest.ticket)["Status"] == "SEARCHING"
    });
    assert_eq!(guest.look().status, Status::Queued);
    ends(&guest);
}

pub(crate) fn searching(cloud: &Cloud) {
    let guest = one(cloud, "nobody");
    guest.until_status(Status::Searching);
    ends(&guest);
    let again = Guest::start(guest.player, "nobody");
    assert_ne!(again.ticket, guest.ticket, "who gave up may begin anew");
    ends(&again);
}

/// The match is dropped, which is not the other player's fault.
pub(crate) fn proposed(cloud: &Cloud) {
    let pair = guests(cloud, "retreat", 2);
    for guest in &pair {
        guest.until_status(Status::RequiresAcceptance);
    }
    ends(&pair[0]);
    pair[1].until_status(Status::Searching);
    ends(&pair[1]);
}

/// No location is near enough, so that the match is being placed until the queue gives up.
pub(crate) fn placing(cloud: &Cloud) {
    let guest = one(cloud, "unplaceable");
    guest.until_status(Status::Placing);
    guest.cancels_too_late("is being placed");
    guest.until_status(Status::Failed);
    guest.cancels_too_late("has ended");
}
