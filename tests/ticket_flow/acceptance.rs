//! Matches that players must accept.

use liftform_player::{PlayerError, Status};

use crate::cloud::Cloud;
use crate::guests::{Guest, guests, play_together};

/// Ten players, one match: six accept, one rejects, three have said nothing by then. Who accepted searches on with the same
/// ticket, who did not has none any more, and with four who come again there is a match after all.
pub(crate) fn rejection(cloud: &Cloud) {
    let mut all = guests(cloud, "proposal", 10);
    for guest in &all {
        guest.until_status(Status::RequiresAcceptance);
    }
    let (rest, accepting) = (all.split_off(6), all);
    let (rejecting, silent) = rest.split_first().expect("there are four");
    accepting.iter().for_each(Guest::accept);
    let answer = rejecting.player.reject(&rejecting.ticket);
    answer.unwrap_or_else(|error| panic!("{error}"));

    let ended = rejecting.until_status(Status::Failed);
    assert_eq!(ended.status_reason.as_deref(), Some("Rejected"));
    for guest in silent {
        let ended = guest.until_status(Status::Failed);
        assert_eq!(ended.status_reason.as_deref(), Some("TimedOut"));
    }
    for guest in &accepting {
        guest.until_status(Status::Searching);
    }
    let late = rejecting.player.accept(&rejecting.ticket);
    let late = late.expect_err("the match is gone");
    assert!(
        matches!(late, PlayerError::Refused { status: 409, .. }),
        "{late}"
    );

    let again = rest
        .into_iter()
        .map(|guest| Guest::start(guest.player, "proposal"));
    let mut all = accepting;
    all.extend(again);
    for guest in &all {
        guest.until_status(Status::RequiresAcceptance);
    }
    all.iter().for_each(Guest::accept);
    play_together(&all);
}

/// One accepts, the other lets the time pass.
pub(crate) fn silence(cloud: &Cloud) {
    let pair = guests(cloud, "silence", 2);
    for guest in &pair {
        guest.until_status(Status::RequiresAcceptance);
    }
    pair[0].accept();
    let ended = pair[1].until_status(Status::Failed);
    assert_eq!(ended.status_reason.as_deref(), Some("TimedOut"));
    pair[0].until_status(Status::Searching);
    pair[0].cancel();
    pair[0].until_status(Status::Cancelled);
}
