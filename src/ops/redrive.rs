//! Brings back events that ended in a dead-letter queue: each is published to the events' topic again, then taken from
//! the queue.
//!
//! Events come as SNS could not deliver them, or as Lambda could not process them. What holds no event stays where it is.
//! The handlers take the same event twice without harm, so a message that is published and then not taken is no loss.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::moment::Moment;
use crate::remote::RemoteError;

/// A message in a dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The message's id.
    pub id: String,
    /// What takes it from the queue.
    pub receipt: String,
    /// Its text.
    pub body: String,
    /// When it came into the queue.
    pub sent: Moment,
}

/// What happens to the messages that are received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    /// They are published and taken from the queue.
    Redrive,
    /// They are only looked at.
    Look,
}

/// Queues and topics.
pub trait Mail {
    /// Receives a few messages; others don't see them for a minute, or at once when they are only looked at.
    fn receive(
        &self,
        region: &str,
        queue: &str,
        handling: Handling,
    ) -> impl Future<Output = Result<Vec<Letter>, RemoteError>>;

    /// Takes a message from its queue.
    fn delete(
        &self,
        region: &str,
        queue: &str,
        letter: &Letter,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Publishes an event.
    fn publish(
        &self,
        region: &str,
        topic: &str,
        message: &str,
    ) -> impl Future<Output = Result<(), RemoteError>>;
}

/// Where dead letters are, and where they belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostOffice {
    /// The region of all of it.
    pub region: String,
    /// URLs of the queues.
    pub queues: Vec<String>,
    /// ARN of the topic.
    pub topic: String,
}

/// One message, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redriven {
    /// The queue's URL.
    pub queue: String,
    /// The message's id.
    pub message: String,
    /// Types of the events in it.
    pub events: Vec<String>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Published again.
    Published,
    /// Would be published.
    Publishable,
    /// Holds no event.
    Kept,
}

/// Brings back every message that was in a queue before `start`. What comes in later failed again just now.
///
/// # Errors
///
/// When a queue can't be read, or the topic doesn't take an event; what was not published stays in its queue.
pub async fn redrive(
    mail: &impl Mail,
    office: &PostOffice,
    handling: Handling,
    start: Moment,
) -> Result<Vec<Redriven>, RemoteError> {
    let mut done = Vec::new();
    for queue in &office.queues {
        let mut seen = BTreeSet::new();
        loop {
            let letters = mail.receive(&office.region, queue, handling).await?;
            let mut fresh = letters;
            fresh.retain(|letter| letter.sent < start && seen.insert(letter.id.clone()));
            if fresh.is_empty() {
                break;
            }
            for letter in fresh {
                done.push(forward(mail, office, queue, &letter, handling).await?);
            }
        }
    }
    Ok(done)
}

async fn forward(
    mail: &impl Mail,
    office: &PostOffice,
    queue: &str,
    letter: &Letter,
    handling: Handling,
) -> Result<Redriven, RemoteError> {
    let found = events(&letter.body);
    let fate = match (found.is_empty(), handling) {
        (true, _) => Fate::Kept,
        (false, Handling::Look) => Fate::Publishable,
        (false, Handling::Redrive) => {
            for event in &found {
                mail.publish(&office.region, &office.topic, event).await?;
            }
            mail.delete(&office.region, queue, letter).await?;
            Fate::Published
        }
    };
    Ok(Redriven {
        queue: queue.to_owned(),
        message: letter.id.clone(),
        events: found.iter().map(|event| kind(event)).collect(),
        fate,
    })
}

/// The events in a dead letter, as GameLift published them. It is what SNS could not deliver, what a function was called
/// with, or Lambda's report about such a call.
fn events(body: &str) -> Vec<String> {
    let Ok(body) = serde_json::from_str::<Value>(body) else {
        return Vec::new();
    };
    let body = body.get("requestPayload").unwrap_or(&body);
    let records = body.get("Records").and_then(Value::as_array);
    let messages: Vec<_> = match records {
        Some(records) => records
            .iter()
            .filter_map(|record| record.pointer("/Sns/Message"))
            .collect(),
        None => body.get("Message").into_iter().collect(),
    };
    if messages.is_empty() && body.get("detail-type").is_some() {
        return vec![body.to_string()];
    }
    let messages = messages.into_iter().filter_map(Value::as_str);
    messages.map(str::to_owned).collect()
}

fn kind(event: &str) -> String {
    let event: Value = serde_json::from_str(event).unwrap_or_default();
    let kind = event.pointer("/detail/type").and_then(Value::as_str);
    kind.unwrap_or("unreadable").to_owned()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::json;

    use super::*;

    const EVENT: &str = r#"{"detail":{"type":"MatchmakingSucceeded"}}"#;

    #[derive(Default)]
    struct FakeMail {
        letters: RefCell<Vec<Letter>>,
        published: RefCell<Vec<String>>,
        refusing: bool,
    }

    impl FakeMail {
        fn with(bodies: &[Value]) -> Self {
            let mail = Self::default();
            for (number, body) in bodies.iter().enumerate() {
                mail.letters.borrow_mut().push(Letter {
                    id: format!("m-{number}"),
                    receipt: format!("r-{number}"),
                    body: body.to_string(),
                    sent: Moment::from_millis(1),
                });
            }
            mail
        }

        fn run(&self, handling: Handling) -> Result<Vec<Redriven>, RemoteError> {
            let office = PostOffice {
                region: "us-east-1".to_owned(),
                queues: vec!["https://sqs/one".to_owned()],
                topic: "arn:topic".to_owned(),
            };
            let start = Moment::from_millis(10);
            tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap()
                .block_on(redrive(self, &office, handling, start))
        }
    }

    impl Mail for FakeMail {
        async fn receive(&self, _: &str, _: &str, _: Handling) -> Result<Vec<Letter>, RemoteError> {
            Ok(self.letters.borrow().clone())
        }

        async fn delete(&self, _: &str, _: &str, letter: &Letter) -> Result<(), RemoteError> {
            self.letters.borrow_mut().retain(|one| one != letter);
            Ok(())
        }

        /// A message that fails again comes back as a new one.
        async fn publish(&self, _: &str, _: &str, message: &str) -> Result<(), RemoteError> {
            if self.refusing {
                return Err(RemoteError {
                    operation: "Publish",
                    code: None,
                    message: "no".to_owned(),
                    request_id: None,
                    retryable: false,
                });
            }
            self.published.borrow_mut().push(message.to_owned());
            let mut letters = self.letters.borrow_mut();
            let id = format!("again-{}", letters.len());
            letters.push(Letter {
                receipt: id.clone(),
                id,
                body: json!({ "Message": message }).to_string(),
                sent: Moment::from_millis(11),
            });
            Ok(())
        }
    }

    fn check(body: Value, expected: Fate) {
        let mail = FakeMail::with(&[body]);
        let done = mail.run(Handling::Redrive).unwrap();
        assert_eq!(done.len(), 1);
        assert_eq!(done[0].fate, expected);
        if expected == Fate::Published {
            assert_eq!(done[0].events, ["MatchmakingSucceeded"]);
            assert_eq!(*mail.published.borrow(), [EVENT]);
        }
    }

    #[test]
    fn what_sns_could_not_deliver_is_published_once() {
        check(
            json!({ "Type": "Notification", "Message": EVENT }),
            Fate::Published,
        );
    }

    #[test]
    fn what_lambda_could_not_process_is_published_once() {
        let invocation = json!({ "Records": [{ "Sns": { "Message": EVENT } }] });
        check(invocation.clone(), Fate::Published);
        check(
            json!({ "requestContext": { "condition": "RetriesExhausted" }, "requestPayload": invocation }),
            Fate::Published,
        );
    }

    #[test]
    fn an_event_of_eventbridge_is_published_as_it_is() {
        let event = json!({ "detail-type": "GameLift Matchmaking Event", "detail": { "type": "MatchmakingSucceeded" } });
        assert_eq!(
            events(&json!({ "requestPayload": event }).to_string()),
            [event.to_string()]
        );
    }

    #[test]
    fn what_holds_no_event_is_kept() {
        check(json!({ "requestPayload": {} }), Fate::Kept);
        check(json!("text"), Fate::Kept);
    }

    #[test]
    fn looking_changes_nothing() {
        let mail = FakeMail::with(&[json!({ "Message": EVENT })]);
        let done = mail.run(Handling::Look).unwrap();
        assert_eq!(done[0].fate, Fate::Publishable);
        assert!(mail.published.borrow().is_empty());
        assert_eq!(mail.letters.borrow().len(), 1);
    }

    #[test]
    fn what_the_topic_refuses_stays_in_the_queue() {
        let mail = FakeMail {
            refusing: true,
            ..FakeMail::with(&[json!({ "Message": EVENT })])
        };
        assert!(mail.run(Handling::Redrive).is_err());
        assert_eq!(mail.letters.borrow().len(), 1);
    }
}
