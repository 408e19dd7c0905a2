//! `POST /tickets/{id}/acceptance`: the caller's answer to a proposed match. Writes nothing: FlexMatch tells everybody's
//! answers in an event.

use serde::Deserialize;
use tickets::answer::{Answer, Problem};
use tickets::api::ApiCall;
use tickets::matchmaker::{Answer as Choice, Matchmaker};
use tickets::state::Status;
use tickets::stores::TicketStore;
use tickets::ticket::Ticket;
use tickets::view::TicketView;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    accept: bool,
}

/// Passes the caller's answer on; nobody answers for others, not even a party leader.
pub async fn handle(
    call: &ApiCall,
    store: &impl TicketStore,
    matchmaker: &impl Matchmaker,
) -> Result<Answer, Problem> {
    let player = call.player()?;
    let body: Body = call.json()?;
    let ticket = store.ticket(call.ticket()?).await?;
    let ticket = ticket
        .filter(|ticket| ticket.includes(player))
        .ok_or_else(Problem::no_ticket)?;
    if !waits_for_answers(&ticket) {
        return Err(Problem::conflict(
            "no_proposal",
            "no match waits for an answer",
        ));
    }
    let choice = if body.accept {
        Choice::Accept
    } else {
        Choice::Reject
    };
    matchmaker.accept(&ticket.ticket_id, player, choice).await?;
    Ok(Answer::json(202, &TicketView::new(&ticket, player)))
}

fn waits_for_answers(ticket: &Ticket) -> bool {
    let dropped = ticket
        .acceptance
        .as_ref()
        .is_some_and(|acceptance| acceptance.dropped);
    ticket.status == Status::RequiresAcceptance && !dropped
}

#[cfg(test)]
mod tests {
    use tickets::fakes::{FakeFlexMatch, Memory, ticket};
    use tickets::matchmaker::MatchmakerError;
    use tickets::state::Signal;
    use tickets::ticket::Observation;
    use tickets::timestamp::Timestamp;

    use super::*;

    struct Run {
        player: Option<&'static str>,
        signals: &'static [Signal],
        body: &'static str,
        flexmatch: FakeFlexMatch,
    }

    impl Default for Run {
        fn default() -> Self {
            let flexmatch = FakeFlexMatch::default();
            Self {
                player: Some("bob"),
                signals: &[Signal::MatchProposed],
                body: r#"{"accept":true}"#,
                flexmatch,
            }
        }
    }

    async fn check(run: Run, status: u16, calls: &[&str]) {
        let mut ticket = ticket("t-1", &["ann", "bob"]);
        let at = Timestamp::from_millis(5_000);
        for signal in run.signals {
            ticket.observe(&Observation::bare(*signal, at), at);
        }
        let call = ApiCall::of(run.player, Some("t-1"), run.body);
        let answer = handle(&call, &Memory::with(ticket), &run.flexmatch)
            .await
            .unwrap_or_else(Answer::from);
        assert_eq!(answer.status_code, status, "{}", answer.body);
        assert_eq!(run.flexmatch.calls(), calls);
    }

    #[tokio::test]
    async fn an_answer_is_given_for_the_caller_only() {
        check(Run::default(), 202, &["Accept t-1 bob"]).await;
        check(
            Run {
                body: r#"{"accept":false}"#,
                ..Run::default()
            },
            202,
            &["Reject t-1 bob"],
        )
        .await;
    }

    #[tokio::test]
    async fn an_answer_needs_a_proposal() {
        check(
            Run {
                signals: &[],
                ..Run::default()
            },
            409,
            &[],
        )
        .await;
        check(
            Run {
                signals: &[Signal::MatchFormed],
                ..Run::default()
            },
            409,
            &[],
        )
        .await;
        check(
            Run {
                signals: &[Signal::Succeeded],
                ..Run::default()
            },
            409,
            &[],
        )
        .await;
    }

    #[tokio::test]
    async fn a_dropped_proposal_takes_no_answers() {
        check(
            Run {
                signals: &[Signal::MatchProposed, Signal::ProposalDropped],
                ..Run::default()
            },
            409,
            &[],
        )
        .await;
    }

    #[tokio::test]
    async fn a_body_must_say_yes_or_no() {
        for body in [
            "",
            "{}",
            r#"{"accept":"yes"}"#,
            r#"{"accept":true,"player":"ann"}"#,
        ] {
            check(
                Run {
                    body,
                    ..Run::default()
                },
                400,
                &[],
            )
            .await;
        }
    }

    #[tokio::test]
    async fn a_ticket_of_others_does_not_exist() {
        check(
            Run {
                player: Some("eve"),
                ..Run::default()
            },
            404,
            &[],
        )
        .await;
        check(
            Run {
                player: None,
                ..Run::default()
            },
            403,
            &[],
        )
        .await;
    }

    #[tokio::test]
    async fn an_answer_that_flexmatch_refuses_is_too_late() {
        let (operation, reason) = ("answer".to_owned(), "no".to_owned());
        let flexmatch = FakeFlexMatch::failing(MatchmakerError::Refused { operation, reason });
        check(
            Run {
                flexmatch,
                ..Run::default()
            },
            409,
            &["Accept t-1 bob"],
        )
        .await;
    }
}
