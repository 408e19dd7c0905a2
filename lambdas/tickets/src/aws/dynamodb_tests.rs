use aws_sdk_dynamodb::types::CancellationReason;
use aws_sdk_dynamodb::types::error::TransactionCanceledException;

use super::*;

fn tables() -> DynamoTables {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version_latest()
        .build();
    let names = Tables {
        tickets: "tickets".to_owned(),
        players: "players".to_owned(),
    };
    DynamoTables::new(Client::from_conf(config), names)
}

fn cancelled(codes: &[&str]) -> TransactWriteItemsError {
    let reasons = codes
        .iter()
        .map(|code| CancellationReason::builder().code(*code).build())
        .collect();
    let error = TransactionCanceledException::builder()
        .set_cancellation_reasons(Some(reasons))
        .build();
    TransactWriteItemsError::TransactionCanceledException(error)
}

#[track_caller]
fn check_claim(stale: Option<&str>, leader: Option<&str>, condition: &str) {
    let claim = Claim {
        player: PlayerId::new("bob"),
        stale: stale.map(TicketId::new),
        leader: leader.map(PlayerId::new),
    };
    let write = tables()
        .bind(&claim, &crate::fakes::ticket("t-1", &["ann"]))
        .unwrap();
    assert_eq!(
        write.update().unwrap().condition_expression(),
        Some(condition)
    );
}

#[test]
fn a_claim_demands_that_no_ticket_is_open() {
    check_claim(None, None, "attribute_not_exists(open_ticket)");
}

#[test]
fn a_stale_ticket_is_replaced_only_by_name() {
    check_claim(
        Some("t-0"),
        None,
        "(attribute_not_exists(open_ticket) OR open_ticket = :stale)",
    );
}

#[test]
fn a_member_must_still_name_the_leader() {
    check_claim(
        None,
        Some("ann"),
        "attribute_not_exists(open_ticket) AND party_leader = :leader",
    );
    check_claim(
        Some("t-0"),
        Some("ann"),
        "(attribute_not_exists(open_ticket) OR open_ticket = :stale) AND party_leader = :leader",
    );
}

#[test]
fn a_failed_condition_is_a_conflict() {
    assert!(lost_against_others(&cancelled(&[
        "None",
        "ConditionalCheckFailed"
    ])));
    assert!(lost_against_others(&cancelled(&[
        "TransactionConflict",
        "None"
    ])));
}

#[test]
fn a_throttled_transaction_is_not_a_conflict() {
    assert!(!lost_against_others(&cancelled(&[
        "ConditionalCheckFailed",
        "ThrottlingError"
    ])));
    assert!(!lost_against_others(&cancelled(&["ValidationError"])));
    assert!(!lost_against_others(&cancelled(&[])));
}

#[test]
fn a_page_goes_on_where_the_last_one_ended() {
    let key = Item::from([
        ("ticket_id".to_owned(), text("t-1")),
        ("open_shard".to_owned(), text("2")),
        (
            "updated_at".to_owned(),
            AttributeValue::N("1500".to_owned()),
        ),
    ]);
    let expected = PageKey {
        ticket: TicketId::new("t-1"),
        updated_at: Timestamp::from_millis(1_500),
    };
    assert_eq!(page_key(key), Some(expected));
    assert_eq!(page_key(Item::new()), None);
}
