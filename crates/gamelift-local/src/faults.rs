//! Faults of event delivery, on demand: what SNS and EventBridge may do to events, done on purpose.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// Those that come about together, and their copies, arrive in any order.
    Shuffled,
}

/// What happens to events on their way. The default is nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    /// The matchmaker or queue whose events it happens to; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
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
            source: None,
            copies: 1,
            delay_seconds: 0.0,
            order: Order::Kept,
            drop: Vec::new(),
        }
    }
}

/// All the faults that are set: the first one whose source an event has happens to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct FaultPlan(Vec<Faults>);

impl FaultPlan {
    /// Reads one object, or a list of them.
    pub(crate) fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        let body: Value = serde_json::from_slice(body)?;
        if body.is_array() {
            serde_json::from_value(body)
        } else {
            serde_json::from_value(body).map(|one| Self(vec![one]))
        }
    }

    /// How long to wait for more events that can be put out of order together with these.
    pub(crate) fn gathering(&self, events: &[Notification]) -> Option<Duration> {
        let scrambles = |event| {
            self.of(event)
                .is_some_and(|place| self.0[place].scrambles())
        };
        let any = events.iter().any(scrambles);
        any.then_some(Duration::from_millis(500))
    }

    /// The events by what happens to them, in their order; those that nothing happens to first.
    pub(crate) fn sorted(&self, events: Vec<Notification>) -> Vec<(Faults, Vec<Notification>)> {
        let mut sorted: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for event in events {
            sorted.entry(self.of(&event)).or_default().push(event);
        }
        let faults = |place: Option<usize>| place.map(|place| self.0[place].clone());
        sorted
            .into_iter()
            .map(|(place, events)| (faults(place).unwrap_or_default(), events))
            .collect()
    }

    fn of(&self, event: &Notification) -> Option<usize> {
        self.0.iter().position(|faults| faults.concerns(event))
    }
}

impl Faults {
    fn concerns(&self, notification: &Notification) -> bool {
        let resource = notification.event["resources"][0].as_str();
        let name = resource.and_then(|arn| arn.rsplit('/').next());
        self.source.is_none() || self.source.as_deref() == name
    }

    fn scrambles(&self) -> bool {
        self.order != Order::Kept
    }

    /// How much later events arrive; none for what isn't a time.
    pub(crate) fn delay(&self) -> Option<Duration> {
        let delay = Duration::try_from_secs_f64(self.delay_seconds).ok()?;
        (!delay.is_zero()).then_some(delay)
    }

    /// What arrives of these events, in which order.
    pub(crate) fn arrivals(
        &self,
        mut events: Vec<Notification>,
        chance: &mut fastrand::Rng,
    ) -> Vec<Notification> {
        events.retain(|notification| !self.drops(notification));
        if self.order == Order::Reversed {
            events.reverse();
        }
        let copies = |event| std::iter::repeat_n(event, self.copies);
        let mut arrivals: Vec<_> = events.into_iter().flat_map(copies).collect();
        if self.order == Order::Shuffled {
            chance.shuffle(&mut arrivals);
        }
        arrivals
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
    use serde_json::json;

    fn event(matchmaker: &str, kind: &str) -> Notification {
        let arn = format!("arn:aws:gamelift:eu-west-1:0:matchmakingconfiguration/{matchmaker}");
        Notification {
            region: "eu-west-1".to_owned(),
            topic: None,
            event: json!({ "resources": [arn], "detail": { "type": kind } }),
        }
    }

    fn kinds(events: &[Notification]) -> Vec<&str> {
        events
            .iter()
            .map(|event| event.event["detail"]["type"].as_str().unwrap())
            .collect()
    }

    fn arrivals(faults: Value) -> Vec<Notification> {
        let faults: Faults = serde_json::from_value(faults).unwrap();
        let events = ["Searching", "Created", "Succeeded"].map(|kind| event("duel", kind));
        faults.arrivals(events.to_vec(), &mut fastrand::Rng::with_seed(1))
    }

    fn check(faults: Value, expected: &[&str]) {
        assert_eq!(kinds(&arrivals(faults)), expected);
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
    fn copies_arrive_in_any_order_and_none_is_lost() {
        let arrivals = arrivals(json!({ "copies": 3, "order": "shuffled" }));
        let shuffled = kinds(&arrivals);
        assert_ne!(
            shuffled[..3],
            ["Searching"; 3],
            "copies don't stay together"
        );
        let mut sorted = shuffled.clone();
        sorted.sort_unstable();
        assert_eq!(
            sorted,
            ["Created", "Searching", "Succeeded"]
                .map(|kind| [kind; 3])
                .concat()
        );
    }

    #[test]
    fn faults_happen_to_their_matchmaker_only() {
        let plan = br#"[{ "source": "duel", "drop": ["*"] }, { "source": "quick", "copies": 2 }]"#;
        let plan = FaultPlan::read(plan).unwrap();
        let events = vec![
            event("duel", "One"),
            event("quick", "Two"),
            event("royale", "Three"),
        ];
        let mut chance = fastrand::Rng::with_seed(1);
        let arrivals: Vec<_> = plan
            .sorted(events)
            .into_iter()
            .flat_map(|(faults, events)| faults.arrivals(events, &mut chance))
            .collect();
        assert_eq!(kinds(&arrivals), ["Three", "Two", "Two"]);
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
