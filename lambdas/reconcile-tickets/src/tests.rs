use tickets::fakes::{FakeFlexMatch, Lines, Memory, succeeded, ticket};

use super::*;

/// Tickets of the fakes begin at second 1 and may take 120 seconds.
const fn second(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

async fn run_at(
    now: Timestamp,
    store: &Memory,
    flexmatch: &FakeFlexMatch,
) -> (Result<(), ReconcileError>, Vec<String>) {
    let lines = Lines::default();
    let telemetry = lines.telemetry();
    let journal = telemetry.journal("r-1");
    let result = handle(store, flexmatch, || now, now.plus_seconds(60), &journal).await;
    journal.finish(now);
    (result, lines.all())
}

fn searching() -> Observation {
    Observation::bare(Signal::Searching, second(0))
}

fn failing(throttled: bool) -> FakeFlexMatch {
    let (operation, reason) = ("describe".to_owned(), "no".to_owned());
    FakeFlexMatch::failing(if throttled {
        MatchmakerError::Throttled { operation, reason }
    } else {
        MatchmakerError::Unavailable { operation, reason }
    })
}

#[tokio::test]
async fn a_lost_success_is_caught_up() {
    let store = Memory::with(ticket("t-1", &["ann"]));
    let flexmatch = FakeFlexMatch::default();
    flexmatch.describe_as("t-1", succeeded(&["ann"]));
    run_at(second(40), &store, &flexmatch).await.0.unwrap();
    let ticket = store.stored("t-1");
    assert_eq!(ticket.status, Status::Succeeded);
    assert!(ticket.connection.is_some() && !ticket.player_sessions.is_empty());
    assert_eq!(store.open_ticket("ann"), None);
}

#[tokio::test]
async fn a_ticket_that_spoke_lately_is_left_alone() {
    let store = Memory::with(ticket("t-1", &["ann"]));
    let flexmatch = FakeFlexMatch::default();
    run_at(second(30), &store, &flexmatch).await.0.unwrap();
    assert!(flexmatch.calls().is_empty());
}

#[tokio::test]
async fn a_ticket_that_still_waits_is_asked_about_after_the_others_next_time() {
    let store = Memory::with(ticket("t-1", &["ann"]));
    let flexmatch = FakeFlexMatch::default();
    flexmatch.describe_as("t-1", searching());
    run_at(second(40), &store, &flexmatch).await.0.unwrap();
    assert_eq!(store.stored("t-1").updated_at, second(40));
    run_at(second(60), &store, &flexmatch).await.0.unwrap();
    assert_eq!(flexmatch.calls().len(), 1);
}

#[tokio::test]
async fn an_answer_does_not_outrun_an_event_of_the_same_moment() {
    let store = Memory::with(ticket("t-1", &["ann"]));
    let flexmatch = FakeFlexMatch::default();
    flexmatch.describe_as("t-1", searching());
    run_at(second(40), &store, &flexmatch).await.0.unwrap();
    let mut ticket = store.stored("t-1");
    ticket.observe(
        &Observation::bare(Signal::MatchProposed, second(39)),
        second(41),
    );
    assert_eq!(ticket.status, Status::RequiresAcceptance);
}

#[tokio::test]
async fn every_page_of_every_shard_is_read() {
    let store = Memory::default();
    let flexmatch = FakeFlexMatch::default();
    for number in 0..40 {
        let id = format!("t-{number:02}");
        store.add(ticket(&id, &["ann"]));
        flexmatch.describe_as(&id, searching());
    }
    run_at(second(40), &store, &flexmatch).await.0.unwrap();
    for number in 0..40 {
        assert_eq!(
            store.stored(&format!("t-{number:02}")).status,
            Status::Searching
        );
    }
}

#[tokio::test]
async fn a_ticket_that_never_reached_flexmatch_fails_after_a_minute() {
    let store = Memory::with(ticket("t-1", &["ann"]));
    run_at(second(60), &store, &FakeFlexMatch::default())
        .await
        .0
        .unwrap();
    assert_eq!(store.stored("t-1").status, Status::Queued);
    run_at(second(61), &store, &FakeFlexMatch::default())
        .await
        .0
        .unwrap();
    assert_eq!(store.stored("t-1").status, Status::Failed);
    assert_eq!(store.open_ticket("ann"), None);
}

#[tokio::test]
async fn a_ticket_flexmatch_forgot_times_out_after_its_time() {
    let mut known = ticket("t-1", &["ann"]);
    known.observe(&Observation::bare(Signal::Searching, second(2)), second(2));
    let store = Memory::with(known);
    run_at(second(180), &store, &FakeFlexMatch::default())
        .await
        .0
        .unwrap();
    assert_eq!(store.stored("t-1").status, Status::Searching);
    run_at(second(181), &store, &FakeFlexMatch::default())
        .await
        .0
        .unwrap();
    assert_eq!(store.stored("t-1").status, Status::TimedOut);
}

#[tokio::test]
async fn a_throttle_ends_the_run_without_an_error() {
    let store = Memory::with(ticket("t-1", &["ann"]));
    let (result, lines) = run_at(second(40), &store, &failing(true)).await;
    result.unwrap();
    assert!(lines.last().unwrap().contains(r#""RunsCutShort":1"#));
}

#[tokio::test]
async fn an_unclear_answer_fails_the_run_and_ends_no_ticket() {
    let store = Memory::with(ticket("t-1", &["ann"]));
    let (result, _) = run_at(second(500), &store, &failing(false)).await;
    assert!(result.is_err());
    assert_eq!(store.stored("t-1").status, Status::Queued);
}

#[tokio::test]
async fn one_failing_ticket_does_not_stop_the_others() {
    let store = Memory::default();
    let flexmatch = FakeFlexMatch::default();
    for id in ["t-1", "t-2", "t-3"] {
        store.add(ticket(id, &["ann"]));
        flexmatch.describe_as(id, searching());
    }
    store.fail_ticket("t-1");
    let (result, _) = run_at(second(40), &store, &flexmatch).await;
    assert!(result.is_err());
    assert_eq!(store.stored("t-2").status, Status::Searching);
    assert_eq!(store.stored("t-3").status, Status::Searching);
}

#[tokio::test]
async fn a_run_out_of_time_stops_before_it_asks() {
    let store = Memory::with(ticket("t-1", &["ann"]));
    let flexmatch = FakeFlexMatch::default();
    let lines = Lines::default();
    let telemetry = lines.telemetry();
    let result = handle(
        &store,
        &flexmatch,
        || second(40),
        second(44),
        &telemetry.journal("r-1"),
    )
    .await;
    result.unwrap();
    assert!(flexmatch.calls().is_empty());
}
