//! Dead-letter queues and topics through the SDK.

use aws_config::Region;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};

use super::Connection;
use super::error::remote;
use crate::moment::Moment;
use crate::ops::redrive::{Handling, Letter, Mail};
use crate::remote::RemoteError;

/// Enough to publish ten messages.
const HIDDEN_SECONDS: i32 = 60;

impl Mail for Connection {
    async fn receive(
        &self,
        region: &str,
        queue: &str,
        handling: Handling,
    ) -> Result<Vec<Letter>, RemoteError> {
        let hidden = match handling {
            Handling::Redrive => HIDDEN_SECONDS,
            Handling::Look => 0,
        };
        let answer = queues(self, region)
            .receive_message()
            .queue_url(queue)
            .max_number_of_messages(10)
            .visibility_timeout(hidden)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .send()
            .await
            .map_err(remote("ReceiveMessage"))?;
        Ok(answer.messages().iter().map(letter).collect())
    }

    async fn delete(&self, region: &str, queue: &str, letter: &Letter) -> Result<(), RemoteError> {
        queues(self, region)
            .delete_message()
            .queue_url(queue)
            .receipt_handle(&letter.receipt)
            .send()
            .await
            .map_err(remote("DeleteMessage"))?;
        Ok(())
    }

    async fn publish(&self, region: &str, topic: &str, message: &str) -> Result<(), RemoteError> {
        let builder = aws_sdk_sns::config::Builder::from(self.shared());
        let client =
            aws_sdk_sns::Client::from_conf(builder.region(Region::new(region.to_owned())).build());
        client
            .publish()
            .topic_arn(topic)
            .message(message)
            .send()
            .await
            .map_err(remote("Publish"))?;
        Ok(())
    }
}

fn queues(connection: &Connection, region: &str) -> aws_sdk_sqs::Client {
    let builder = aws_sdk_sqs::config::Builder::from(connection.shared());
    aws_sdk_sqs::Client::from_conf(builder.region(Region::new(region.to_owned())).build())
}

fn letter(message: &Message) -> Letter {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let sent = message
        .attributes()
        .and_then(|attributes| attributes.get(&MessageSystemAttributeName::SentTimestamp))
        .and_then(|millis| millis.parse().ok())
        .unwrap_or_default();
    Letter {
        id: text(message.message_id()),
        receipt: text(message.receipt_handle()),
        body: text(message.body()),
        sent: Moment::from_millis(sent),
    }
}
