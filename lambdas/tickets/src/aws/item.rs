//! Rows as JSON: one conversion between JSON values and DynamoDB's, both ways.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

/// An item as DynamoDB takes and gives it.
pub(super) type Item = HashMap<String, AttributeValue>;

/// A row as an item. Absent options stay absent: an index is sparse only while its key is missing rather than null.
pub(super) fn to_item(row: &impl Serialize) -> Result<Item, serde_json::Error> {
    let Value::Object(members) = serde_json::to_value(row)? else {
        return Err(serde::ser::Error::custom("a row is an object"));
    };
    Ok(members
        .into_iter()
        .map(|(name, value)| (name, to_attribute(value)))
        .collect())
}

/// An item as a row. Sets become arrays; binary values are left out.
pub(super) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, serde_json::Error> {
    serde_json::from_value(Value::Object(members(item)))
}

fn to_attribute(value: Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(truth) => AttributeValue::Bool(truth),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text),
        Value::Array(items) => AttributeValue::L(items.into_iter().map(to_attribute).collect()),
        Value::Object(members) => AttributeValue::M(
            members
                .into_iter()
                .map(|(name, value)| (name, to_attribute(value)))
                .collect(),
        ),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the SDK's enum is open; unknown kinds are left out"
)]
fn from_attribute(attribute: AttributeValue) -> Option<Value> {
    Some(match attribute {
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::Bool(truth) => Value::Bool(truth),
        AttributeValue::N(digits) => number(&digits)?,
        AttributeValue::S(text) => Value::String(text),
        AttributeValue::L(items) => items.into_iter().filter_map(from_attribute).collect(),
        AttributeValue::M(item) => Value::Object(members(item)),
        AttributeValue::Ss(texts) => texts.into_iter().map(Value::String).collect(),
        AttributeValue::Ns(numbers) => numbers.iter().filter_map(|digits| number(digits)).collect(),
        _ => return None,
    })
}

fn members(item: Item) -> Map<String, Value> {
    item.into_iter()
        .filter_map(|(name, value)| Some((name, from_attribute(value)?)))
        .collect()
}

/// DynamoDB gives `1000`, `1E+3` or more digits than a float has.
fn number(digits: &str) -> Option<Value> {
    if let Ok(whole) = digits.parse::<i64>() {
        return Some(Value::from(whole));
    }
    Number::from_f64(digits.parse().ok()?).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fakes::{succeeded, ticket};
    use crate::player::Player;
    use crate::ticket::Ticket;

    #[test]
    fn a_ticket_survives_the_way_through_the_table() {
        let mut ticket = ticket("t-1", &["ann", "bob"]);
        assert_eq!(
            from_item::<Ticket>(to_item(&ticket).unwrap()).unwrap(),
            ticket
        );
        let success = succeeded(&["ann", "bob"]);
        ticket.observe(&success, success.at);
        assert_eq!(
            from_item::<Ticket>(to_item(&ticket).unwrap()).unwrap(),
            ticket
        );
    }

    #[test]
    fn keys_have_the_types_of_the_tables() {
        let item = to_item(&ticket("t-1", &["ann"])).unwrap();
        assert!(item["ticket_id"].is_s() && item["open_shard"].is_s());
        assert!(item["updated_at"].is_n() && item["expires_at"].is_n() && item["version"].is_n());
    }

    #[test]
    fn a_final_ticket_has_no_index_key() {
        let mut ticket = ticket("t-1", &["ann"]);
        let success = succeeded(&["ann"]);
        ticket.observe(&success, success.at);
        assert!(!to_item(&ticket).unwrap().contains_key("open_shard"));
    }

    #[test]
    fn a_player_written_by_others_is_read() {
        let attributes = HashMap::from([
            ("skill".to_owned(), AttributeValue::N("1E+3".to_owned())),
            (
                "modes".to_owned(),
                AttributeValue::Ss(vec!["duel".to_owned()]),
            ),
            (
                "raw".to_owned(),
                AttributeValue::B(aws_sdk_dynamodb::primitives::Blob::new([1])),
            ),
        ]);
        let item = HashMap::from([
            ("player_id".to_owned(), AttributeValue::S("ann".to_owned())),
            ("nickname".to_owned(), AttributeValue::S("Ann".to_owned())),
            ("attributes".to_owned(), AttributeValue::M(attributes)),
        ]);
        let player: Player = from_item(item).unwrap();
        assert_eq!(player.attributes["skill"], json!(1000.0));
        assert_eq!(player.attributes["modes"], json!(["duel"]));
        assert!(!player.attributes.contains_key("raw"));
    }
}
