//! `DELETE /tickets/{id}`: asks FlexMatch to stop. Writes nothing: the end of the ticket comes as an event like any other.

use tickets::answer::{Answer, Problem};
use tickets::api::ApiCall;
use tickets::matchmaker::Matchmaker;
use tickets::state::Status;
use tickets::stores::TicketStore;
use tickets::view::TicketView;

/// Stops the ticket. Any player in it may do so: a party that loses one member cannot play as one.
pub async fn handle(
    call: &ApiCall,
    store: &impl TicketStore,
    matchmaker: &impl Matchmaker,
) -> Result<Answer, Problem> {
    let player = call.player()?;
    let ticket = store.ticket(call.ticket()?).await?;
    let ticket = ticket
        .filter(|ticket| ticket.includes(player))
        .ok_or_else(Problem::no_ticket)?;
    refuse_if_late(ticket.status)?;
    matchmaker.stop(&ticket.ticket_id).await?;
    Ok(Answer::json(202, &TicketView::new(&ticket, player)))
}

fn refuse_if_late(status: Status) -> Result<(), Problem> {
    match status {
        Status::Queued | Status::Searching | Status::RequiresAcceptance => Ok(()),
        Status::Placing => Err(Problem::conflict(
            "placing",
            "the match is being placed and can't be left any more",
        )),
        Status::Succeeded | Status::TimedOut | Status::Cancelled | Status::Failed => {
            Err(Problem::conflict("ended", "the ticket has ended"))
        }
    }
}

#[cfg(test)]
mod tests {
    use tickets::fakes::{FakeFlexMatch, Memory, ticket};
    use tickets::matchmaker::MatchmakerError;
    use tickets::state::Signal;
    use tickets::ticket::Observation;
    use tickets::timestamp::Timestamp;

    use super::*;

    async fn run(player: Option<&str>, signal: Signal, flexmatch: &FakeFlexMatch) -> u16 {
        let mut ticket = ticket("t-1", &["ann", "bob"]);
        let at = Timestamp::from_millis(5_000);
        ticket.observe(&Observation::bare(signal, at), at);
        let store = Memory::with(ticket.clone());
        let call = ApiCall::of(player, Some("t-1"), "");
        let answer = handle(&call, &store, flexmatch)
            .await
            .unwrap_or_else(Answer::from);
        assert_eq!(
            store.stored("t-1"),
            ticket,
            "the table is written by events only"
        );
        answer.status_code
    }

    #[track_caller]
    fn check(status: u16, expected: u16, flexmatch: &FakeFlexMatch, calls: &[&str]) {
        assert_eq!(status, expected);
        assert_eq!(flexmatch.calls(), calls);
    }

    fn text() -> (String, String) {
        ("stop".to_owned(), "no".to_owned())
    }

    #[tokio::test]
    async fn an_open_ticket_is_stopped() {
        for signal in [Signal::Queued, Signal::Searching, Signal::MatchProposed] {
            let flexmatch = FakeFlexMatch::default();
            check(
                run(Some("ann"), signal, &flexmatch).await,
                202,
                &flexmatch,
                &["stop t-1"],
            );
        }
    }

    #[tokio::test]
    async fn a_party_member_may_stop_it_too() {
        let flexmatch = FakeFlexMatch::default();
        check(
            run(Some("bob"), Signal::Searching, &flexmatch).await,
            202,
            &flexmatch,
            &["stop t-1"],
        );
    }

    #[tokio::test]
    async fn it_is_too_late_once_the_match_is_placed_or_over() {
        for signal in [
            Signal::MatchFormed,
            Signal::Succeeded,
            Signal::TimedOut,
            Signal::Cancelled,
            Signal::Failed,
        ] {
            let flexmatch = FakeFlexMatch::default();
            check(
                run(Some("ann"), signal, &flexmatch).await,
                409,
                &flexmatch,
                &[],
            );
        }
    }

    #[tokio::test]
    async fn a_ticket_of_others_does_not_exist() {
        let flexmatch = FakeFlexMatch::default();
        check(
            run(Some("eve"), Signal::Searching, &flexmatch).await,
            404,
            &flexmatch,
            &[],
        );
        check(
            run(None, Signal::Searching, &flexmatch).await,
            403,
            &flexmatch,
            &[],
        );
    }

    #[tokio::test]
    async fn what_flexmatch_refuses_is_too_late() {
        let (operation, reason) = text();
        let flexmatch = FakeFlexMatch::failing(MatchmakerError::Refused { operation, reason });
        check(
            run(Some("ann"), Signal::Searching, &flexmatch).await,
            409,
            &flexmatch,
            &["stop t-1"],
        );
    }

    #[tokio::test]
    async fn a_busy_flexmatch_asks_for_patience() {
        let (operation, reason) = text();
        let flexmatch = FakeFlexMatch::failing(MatchmakerError::Throttled { operation, reason });
        check(
            run(Some("ann"), Signal::Searching, &flexmatch).await,
            429,
            &flexmatch,
            &["stop t-1"],
        );
        let (operation, reason) = text();
        let flexmatch = FakeFlexMatch::failing(MatchmakerError::Unavailable { operation, reason });
        check(
            run(Some("ann"), Signal::Searching, &flexmatch).await,
            503,
            &flexmatch,
            &["stop t-1"],
        );
    }
}
