//! Faults of event delivery, on demand: what SNS and EventBridge may do to events, done on purpose.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::events::Notification;

/// The order that events arrive in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    /// As they came about.
    #[default]
    Kept,
    /// Those that come about together arrive last first.
    Reversed,
}

/// What happens to events on their way. The default is nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    /// How often each event arrives.
    copies: usize,
    /// How much later events arrive.
    delay_seconds: f64,
    order: Order,
    /// The types of events that are lost, as `MatchmakingSucceeded`; `*` for all.
    drop: Vec<String>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            copies: 1,
            delay_seconds: 0.0,
            order: Order::Kept,
            drop: Vec::new(),
        }
    }
}

impl Faults {
    /// How long to wait for more events that can be put out of order.
    pub(crate) fn gathering(&self) -> Option<Duration> {
        (self.order == Order::Reversed).then_some(Duration::from_millis(500))
    }

    /// How much later events arrive; none for what isn't a time.
    pub(crate) fn delay(&self) -> Option<Duration> {
        let delay = Duration::try_from_secs_f64(self.delay_seconds).ok()?;
        (!delay.is_zero()).then_some(delay)
    }

    /// What arrives of these events, in which order.
    pub(crate) fn arrivals(&self, mut events: Vec<Notification>) -> Vec<Notification> {
        events.retain(|notification| !self.drops(notification));
        if self.order == Order::Reversed {
            events.reverse();
        }
        let copies = |event| std::iter::repeat_n(event, self.copies);
        events.into_iter().flat_map(copies).collect()
    }

    fn drops(&self, notification: &Notification) -> bool {
        let kind = notification.event["detail"]["type"].as_str();
        let lost = |name: &String| name == "*" || Some(name.as_str()) == kind;
        self.drop.iter().any(lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn check(faults: Value, expected: &[&str]) {
        let faults: Faults = serde_json::from_value(faults).unwrap();
        let events = ["Searching", "Created", "Succeeded"].map(|kind| Notification {
            region: "eu-west-1".to_owned(),
            topic: None,
            event: json!({ "detail": { "type": kind } }),
        });
        let arrivals = faults.arrivals(events.to_vec());
        let kinds: Vec<_> = arrivals
            .iter()
            .map(|arrival| arrival.event["detail"]["type"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, expected);
    }

    #[test]
    fn without_faults_everything_arrives_once_in_order() {
        check(json!({}), &["Searching", "Created", "Succeeded"]);
    }

    #[test]
    fn events_are_lost_by_type_or_all_of_them() {
        check(json!({ "drop": ["Created"] }), &["Searching", "Succeeded"]);
        check(json!({ "drop": ["*"] }), &[]);
    }

    #[test]
    fn events_arrive_twice_and_backwards() {
        let faults = json!({ "copies": 2, "order": "reversed", "drop": ["Searching"] });
        check(faults, &["Succeeded", "Succeeded", "Created", "Created"]);
    }

    #[test]
    fn strange_delay_is_none() {
        for delay in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let faults = Faults {
                delay_seconds: delay,
                ..Faults::default()
            };
            assert_eq!(faults.delay(), None);
        }
    }
}
