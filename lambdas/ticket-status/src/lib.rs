//! `GET /tickets/{id}`: how the caller's ticket stands. Reads one row and changes nothing.

use tickets::answer::{Answer, Problem};
use tickets::api::ApiCall;
use tickets::stores::TicketStore;
use tickets::view::TicketView;

/// Answers with the ticket as the caller may see it; a ticket of others is as good as none.
pub async fn handle(call: &ApiCall, store: &impl TicketStore) -> Result<Answer, Problem> {
    let player = call.player()?;
    let ticket = store.ticket(call.ticket()?).await?;
    let ticket = ticket
        .filter(|ticket| ticket.includes(player))
        .ok_or_else(Problem::no_ticket)?;
    Ok(Answer::json(200, &TicketView::new(&ticket, player)))
}

#[cfg(test)]
mod tests {
    use tickets::fakes::{Memory, succeeded, ticket};

    use super::*;

    async fn ask(player: Option<&str>, id: &str) -> Answer {
        let mut matched = ticket("t-2", &["ann", "bob"]);
        let success = succeeded(&["ann", "bob", "eve"]);
        matched.observe(&success, success.at);
        let store = Memory::with(ticket("t-1", &["ann"]));
        store.add(matched);
        handle(&ApiCall::of(player, Some(id), ""), &store)
            .await
            .unwrap_or_else(Answer::from)
    }

    #[tokio::test]
    async fn an_open_ticket_is_not_ready_yet() {
        let answer = ask(Some("ann"), "t-1").await;
        assert_eq!(answer.status_code, 200);
        assert_eq!(
            answer.body,
            r#"{"ticket_id":"t-1","matchmaker":"duel","status":"queued","players":1,"retry_after_ms":2000}"#
        );
    }

    #[tokio::test]
    async fn every_party_member_gets_their_own_session() {
        for player in ["ann", "bob"] {
            let answer = ask(Some(player), "t-2").await;
            assert!(
                answer
                    .body
                    .contains(&format!(r#""player_session_id":"psess-{player}""#)),
                "{}",
                answer.body
            );
            assert_eq!(answer.body.matches("psess-").count(), 1);
        }
    }

    #[tokio::test]
    async fn a_ticket_of_others_does_not_exist() {
        assert_eq!(ask(Some("eve"), "t-2").await.status_code, 404);
        assert_eq!(ask(Some("ann"), "t-9").await.status_code, 404);
    }

    #[tokio::test]
    async fn nobody_is_refused() {
        assert_eq!(ask(None, "t-1").await.status_code, 403);
    }

    #[tokio::test]
    async fn a_failing_table_is_not_the_callers_fault() {
        let store = Memory::with(ticket("t-1", &["ann"]));
        store.fail_ticket("t-1");
        let problem = handle(&ApiCall::of(Some("ann"), Some("t-1"), ""), &store)
            .await
            .unwrap_err();
        assert_eq!(problem.status, 503);
    }
}
