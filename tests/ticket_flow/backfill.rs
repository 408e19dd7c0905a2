//! Players for sessions that run already.

use crate::cloud::Cloud;
use crate::guests::guests;

/// A match of one has a free seat, which the matchmaker fills by itself with who comes later.
pub(crate) fn joins(cloud: &Cloud) {
    let first = guests(cloud, "refill", 1).remove(0);
    let (server, seat) = first.plays();
    let second = guests(cloud, "refill", 1).remove(0);
    let (other_server, other_seat) = second.plays();
    assert_eq!(server, other_server, "the second player joins the first");
    assert_ne!(seat, other_seat);
    let own = first
        .look()
        .connection
        .and_then(|own| own.player_session_id);
    assert_eq!(own, Some(seat), "the first player's seat stays");
    second.cancels_too_late("has ended");
}
