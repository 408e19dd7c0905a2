//! The tables in DynamoDB. Every write that depends on a read carries the read's condition.

use std::error::Error;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use serde::de::DeserializeOwned;

use super::error::reason;
use super::item::{Item, from_item, to_item};
use crate::id::{PlayerId, TicketId};
use crate::player::Player;
use crate::settings::Tables;
use crate::stores::{Claim, PageKey, PlayerStore, SilentPage, StoreError, TicketStore, Written};
use crate::ticket::Ticket;
use crate::timestamp::Timestamp;

/// The index over open tickets.
const OPEN_TICKETS: &str = "open-tickets";

/// Rows per page of the index: ten questions to FlexMatch.
const PAGE: i32 = 100;

/// Both tables.
pub struct DynamoTables {
    client: Client,
    names: Tables,
}

impl DynamoTables {
    pub(super) const fn new(client: Client, names: Tables) -> Self {
        Self { client, names }
    }

    fn put(&self, ticket: &Ticket) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.names.tickets)
            .set_item(Some(item(ticket)?))
            .condition_expression("attribute_not_exists(ticket_id)")
            .build()
            .map_err(|error| incomplete(&error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn bind(&self, claim: &Claim, ticket: &Ticket) -> Result<TransactWriteItem, StoreError> {
        let mut condition = "attribute_not_exists(open_ticket)".to_owned();
        let mut update = Update::builder()
            .table_name(&self.names.players)
            .key("player_id", text(&claim.player))
            .update_expression(
                "SET open_ticket = :ticket, updated_at = :now, created_at = if_not_exists(created_at, :now)",
            )
            .expression_attribute_values(":ticket", text(&ticket.ticket_id))
            .expression_attribute_values(":now", number(ticket.created_at));
        if let Some(stale) = &claim.stale {
            condition = format!("({condition} OR open_ticket = :stale)");
            update = update.expression_attribute_values(":stale", text(stale));
        }
        if let Some(leader) = &claim.leader {
            condition = format!("{condition} AND party_leader = :leader");
            update = update.expression_attribute_values(":leader", text(leader));
        }
        let update = update
            .condition_expression(condition)
            .build()
            .map_err(|error| incomplete(&error))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

impl TicketStore for DynamoTables {
    async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, StoreError> {
        let get = self
            .client
            .get_item()
            .table_name(&self.names.tickets)
            .key("ticket_id", text(id));
        let answer = get.consistent_read(true).send().await;
        let row = answer
            .map_err(|error| unavailable(format!("read ticket `{id}`"), &error))?
            .item;
        row.map(|row| read(row, "ticket_id")).transpose()
    }

    async fn open(&self, ticket: &Ticket, claims: &[Claim]) -> Result<Written, StoreError> {
        let mut transaction = self
            .client
            .transact_write_items()
            .transact_items(self.put(ticket)?);
        for claim in claims {
            transaction = transaction.transact_items(self.bind(claim, ticket)?);
        }
        match transaction.send().await {
            Ok(_) => Ok(Written::Yes),
            Err(error) if error.as_service_error().is_some_and(lost_against_others) => {
                Ok(Written::Conflict)
            }
            Err(error) => Err(unavailable(
                format!("open ticket `{}`", ticket.ticket_id),
                &error,
            )),
        }
    }

    async fn replace(&self, ticket: &Ticket, read_version: u64) -> Result<Written, StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.names.tickets)
            .set_item(Some(item(ticket)?))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", AttributeValue::N(read_version.to_string()));
        match put.send().await {
            Ok(_) => Ok(Written::Yes),
            Err(error)
                if is_code(
                    &error,
                    &[
                        "ConditionalCheckFailedException",
                        "TransactionConflictException",
                    ],
                ) =>
            {
                Ok(Written::Conflict)
            }
            Err(error) => Err(unavailable(
                format!("write ticket `{}`", ticket.ticket_id),
                &error,
            )),
        }
    }

    async fn silent(
        &self,
        shard: &str,
        before: Timestamp,
        after: Option<&PageKey>,
    ) -> Result<SilentPage, StoreError> {
        let start = after.map(|after| {
            Item::from([
                ("ticket_id".to_owned(), text(&after.ticket)),
                ("open_shard".to_owned(), text(shard)),
                ("updated_at".to_owned(), number(after.updated_at)),
            ])
        });
        let query = self
            .client
            .query()
            .table_name(&self.names.tickets)
            .index_name(OPEN_TICKETS)
            .key_condition_expression("open_shard = :shard AND updated_at < :before")
            .expression_attribute_values(":shard", text(shard))
            .expression_attribute_values(":before", number(before))
            .limit(PAGE)
            .set_exclusive_start_key(start);
        let answer = query
            .send()
            .await
            .map_err(|error| unavailable(format!("list open tickets of shard {shard}"), &error))?;
        let mut page = SilentPage {
            next: answer.last_evaluated_key.and_then(page_key),
            ..SilentPage::default()
        };
        for row in answer.items.unwrap_or_default() {
            match read(row, "ticket_id") {
                Ok(ticket) => page.tickets.push(ticket),
                Err(error) => page.unreadable.push(error),
            }
        }
        Ok(page)
    }
}

impl PlayerStore for DynamoTables {
    async fn player(&self, id: &PlayerId) -> Result<Option<Player>, StoreError> {
        let get = self
            .client
            .get_item()
            .table_name(&self.names.players)
            .key("player_id", text(id));
        let answer = get.consistent_read(true).send().await;
        let row = answer
            .map_err(|error| unavailable("read a player".to_owned(), &error))?
            .item;
        row.map(|row| read(row, "player_id")).transpose()
    }

    async fn release(&self, player: &PlayerId, ticket: &TicketId) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.names.players)
            .key("player_id", text(player))
            .update_expression("REMOVE open_ticket")
            .condition_expression("open_ticket = :ticket")
            .expression_attribute_values(":ticket", text(ticket));
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_code(&error, &["ConditionalCheckFailedException"]) => Ok(()),
            Err(error) => Err(unavailable(
                format!("release a player of ticket `{ticket}`"),
                &error,
            )),
        }
    }
}

/// Whether a transaction lost against another write rather than for a reason that stays.
fn lost_against_others(error: &TransactWriteItemsError) -> bool {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        return false;
    };
    let mut codes = cancelled
        .cancellation_reasons()
        .iter()
        .filter_map(|reason| reason.code());
    let mut lost = false;
    codes.all(|code| {
        lost |= code != "None";
        matches!(
            code,
            "None" | "ConditionalCheckFailed" | "TransactionConflict"
        )
    }) && lost
}

fn is_code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>, codes: &[&str]) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        .is_some_and(|code| codes.contains(&code))
}

fn unavailable<E>(operation: String, error: &SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    StoreError::Unavailable {
        operation,
        reason: reason(error),
    }
}

fn incomplete(error: &BuildError) -> StoreError {
    StoreError::Unavailable {
        operation: "build the transaction".to_owned(),
        reason: error.to_string(),
    }
}

fn item(ticket: &Ticket) -> Result<Item, StoreError> {
    to_item(ticket).map_err(|error| StoreError::Unreadable {
        key: ticket.ticket_id.to_string(),
        reason: error.to_string(),
    })
}

fn read<T: DeserializeOwned>(row: Item, key: &str) -> Result<T, StoreError> {
    // A player's id is not for the log; a ticket's is.
    let key = if key == "ticket_id" {
        row.get(key).and_then(|key| key.as_s().ok()).cloned()
    } else {
        None
    };
    from_item(row).map_err(|error| StoreError::Unreadable {
        key: key.unwrap_or_else(|| "of a player".to_owned()),
        reason: error.to_string(),
    })
}

fn page_key(mut key: Item) -> Option<PageKey> {
    let ticket = key.remove("ticket_id")?.as_s().ok().map(TicketId::new)?;
    let updated_at = key
        .remove("updated_at")?
        .as_n()
        .ok()?
        .parse()
        .ok()
        .map(Timestamp::from_millis)?;
    Some(PageKey { ticket, updated_at })
}

fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn number(moment: Timestamp) -> AttributeValue {
    AttributeValue::N(moment.millis().to_string())
}

#[cfg(test)]
#[path = "dynamodb_tests.rs"]
mod tests;
