//! Whatever a client sends as an answer to a match, it is told what is wrong with it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use proptest::prelude::*;
use tickets::answer::Answer;
use tickets::api::ApiCall;
use tickets::fakes::{FakeFlexMatch, Memory, ticket};
use tickets::state::Signal;
use tickets::ticket::Observation;
use tickets::timestamp::Timestamp;

const VALID: &str = r#"{"accept":true}"#;

fn post(body: &str) -> u16 {
    let mut ticket = ticket("t-1", &["ann"]);
    let at = Timestamp::from_millis(5_000);
    ticket.observe(&Observation::bare(Signal::MatchProposed, at), at);
    let (store, flexmatch) = (Memory::with(ticket), FakeFlexMatch::default());
    let call = ApiCall::of(Some("ann"), Some("t-1"), body);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let answer = runtime.block_on(accept_match::handle(&call, &store, &flexmatch));
    answer.unwrap_or_else(Answer::from).status_code
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_refused(body in any::<String>()) {
        prop_assert_eq!(post(&body), 400);
    }

    #[test]
    fn any_damage_to_a_right_body_is_refused_or_harmless(cut in 0..VALID.len(), letter in any::<char>()) {
        let (start, end) = VALID.split_at(cut);
        prop_assert_eq!(post(start), 400);
        let damaged = post(&format!("{start}{letter}{end}"));
        prop_assert!([202, 400].contains(&damaged), "{}", damaged);
    }
}

#[test]
fn the_undamaged_body_is_right() {
    assert_eq!(post(VALID), 202);
}
