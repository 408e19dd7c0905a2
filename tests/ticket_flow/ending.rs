//! Tickets that nobody ends.

use liftform_player::Status;

use crate::cloud::Cloud;
use crate::guests::{Guest, guests};

/// Three seconds are not enough for ten players, and who ran out of time may begin anew.
pub(crate) fn timed_out(cloud: &Cloud) {
    let guest = guests(cloud, "brief", 1).remove(0);
    let ended = guest.until_status(Status::TimedOut);
    assert_eq!(ended.connection, None);
    guest.cancels_too_late("has ended");
    let again = Guest::start(guest.player, "brief");
    assert_ne!(again.ticket, guest.ticket);
    again.until_status(Status::TimedOut);
}
