//! Where a queue would rather have a game session: pure ranking of places.
//!
//! In: what a queue says (the properties of `AWS::GameLift::GameSessionQueue`), places, players' latencies, the time since
//! the request. Out: the places that will do, best first. Knows no capacity and no clock.
//!
//! The rules are those of <https://docs.aws.amazon.com/gamelift/latest/developerguide/queues-design-priority.html>:
//! places that are too slow for a player or not allowed drop out, the others are sorted by the queue's priorities.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// What an instance costs beside others where only that is known.
pub const ON_DEMAND_COST: f64 = 1.0;

/// Spot is about a third of On-Demand.
pub const SPOT_COST: f64 = 0.3;

/// What places are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Priority {
    Latency,
    Cost,
    Destination,
    Location,
}

/// The order in which priorities count that a queue doesn't name.
const DEFAULT_ORDER: [Priority; 4] = [
    Priority::Latency,
    Priority::Cost,
    Priority::Destination,
    Priority::Location,
];

/// What becomes of the locations that an override doesn't name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Fallback {
    #[default]
    DefaultAfterSinglePass,
    None,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct LatencyPolicy {
    maximum_individual_player_latency_milliseconds: f64,
    policy_duration_seconds: Option<f64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct PriorityConfiguration {
    priority_order: Vec<Priority>,
    location_order: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Filter {
    allowed_locations: Option<BTreeSet<String>>,
}

/// Replaces a queue's order of locations for one placement.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Override {
    location_order: Vec<String>,
    placement_fallback_strategy: Fallback,
}

/// How a queue chooses.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Rules {
    priority_configuration: PriorityConfiguration,
    filter_configuration: Filter,
    player_latency_policies: Vec<LatencyPolicy>,
}

/// A fleet's location, as a queue sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Position among the queue's destinations.
    pub destination: usize,
    /// The fleet's own region.
    pub region: String,
    /// Its name or id.
    pub fleet: String,
    /// The region or custom location of the instances.
    pub location: String,
    /// Only compared with others: lower is cheaper.
    pub cost: f64,
}

/// Each player's milliseconds to each location.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Latencies(BTreeMap<String, BTreeMap<String, f64>>);

impl Latencies {
    /// Notes a player's milliseconds to a location.
    pub fn note(&mut self, player: &str, location: &str, milliseconds: f64) {
        let figures = self.0.entry(player.to_owned()).or_default();
        figures.insert(location.to_owned(), milliseconds);
    }

    /// Everybody's figure for a location; `None` when somebody has none.
    fn of_all(&self, location: &str) -> Option<Vec<f64>> {
        self.0
            .values()
            .map(|figures| figures.get(location).copied())
            .collect()
    }

    /// The average, infinite where somebody has no figure.
    fn average(&self, location: &str) -> f64 {
        match self.of_all(location) {
            Some(figures) if !figures.is_empty() => {
                figures.iter().sum::<f64>() / figures.len() as f64
            }
            _ => f64::INFINITY,
        }
    }
}

impl Rules {
    /// The places that will do, best first. `waited` is the seconds since the request.
    #[must_use]
    pub fn ranked(
        &self,
        mut places: Vec<Place>,
        latencies: &Latencies,
        overriding: Option<&Override>,
        waited: f64,
    ) -> Vec<Place> {
        places.retain(|place| self.allows(place, latencies, waited));
        if let Some(Override {
            location_order,
            placement_fallback_strategy: Fallback::None,
        }) = overriding
        {
            places.retain(|place| location_order.contains(&place.location));
        }
        places.sort_by(|one, two| {
            self.by_override(overriding, one, two)
                .then_with(|| self.compare(latencies, one, two))
        });
        places
    }

    fn allows(&self, place: &Place, latencies: &Latencies, waited: f64) -> bool {
        let allowed = &self.filter_configuration.allowed_locations;
        let listed = allowed
            .as_ref()
            .is_none_or(|allowed| allowed.contains(&place.location));
        let quick = match self.cap(waited) {
            Some(cap) if !latencies.0.is_empty() => latencies
                .of_all(&place.location)
                .is_some_and(|figures| figures.iter().all(|figure| *figure <= cap)),
            _ => true,
        };
        listed && quick
    }

    /// The most milliseconds that a player may have by now. The last policy holds on.
    fn cap(&self, waited: f64) -> Option<f64> {
        let caps = self.caps();
        let in_force = caps.iter().rfind(|(from, _)| *from <= waited);
        in_force.or(caps.first()).map(|(_, cap)| *cap)
    }

    /// The latency policies in the order in which they apply: seconds since the request, and the most milliseconds from
    /// then on.
    #[must_use]
    pub fn caps(&self) -> Vec<(f64, f64)> {
        let mut policies: Vec<_> = self.player_latency_policies.iter().collect();
        let cap = |policy: &LatencyPolicy| policy.maximum_individual_player_latency_milliseconds;
        policies.sort_by(|one, two| cap(one).total_cmp(&cap(two)));
        let mut from = 0.0;
        let starts = policies.into_iter().map(|policy| {
            let start = from;
            from += policy.policy_duration_seconds.unwrap_or(f64::INFINITY);
            (start, cap(policy))
        });
        starts
            .take_while(|(from, _): &(f64, f64)| from.is_finite())
            .collect()
    }

    fn by_override(&self, overriding: Option<&Override>, one: &Place, two: &Place) -> Ordering {
        overriding.map_or(Ordering::Equal, |overriding| {
            let order = &overriding.location_order;
            rank(order, &one.location).cmp(&rank(order, &two.location))
        })
    }

    fn compare(&self, latencies: &Latencies, one: &Place, two: &Place) -> Ordering {
        let named = &self.priority_configuration.priority_order;
        let rest = DEFAULT_ORDER
            .iter()
            .filter(|priority| !named.contains(priority));
        named
            .iter()
            .chain(rest)
            .map(|priority| self.compare_by(*priority, latencies, one, two))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    fn compare_by(
        &self,
        priority: Priority,
        latencies: &Latencies,
        one: &Place,
        two: &Place,
    ) -> Ordering {
        match priority {
            Priority::Latency => {
                let average = |place: &Place| latencies.average(&place.location);
                average(one).total_cmp(&average(two))
            }
            Priority::Cost => one.cost.total_cmp(&two.cost),
            Priority::Destination => one.destination.cmp(&two.destination),
            Priority::Location => {
                let order = &self.priority_configuration.location_order;
                let key = |place: &Place| (rank(order, &place.location), place.location.clone());
                key(one).cmp(&key(two))
            }
        }
    }
}

/// The position in a list; after the end for what isn't in it.
fn rank(order: &[String], location: &str) -> usize {
    order
        .iter()
        .position(|listed| listed == location)
        .unwrap_or(order.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn place(destination: usize, location: &str, cost: f64) -> Place {
        Place {
            destination,
            region: "us-east-1".to_owned(),
            fleet: format!("fleet-{destination}"),
            location: location.to_owned(),
            cost,
        }
    }

    /// Two fleets: the first dear in two locations, the second cheap in one.
    fn places() -> Vec<Place> {
        vec![
            place(0, "us-east-1", 1.0),
            place(0, "eu-west-1", 1.0),
            place(1, "eu-west-1", 0.3),
        ]
    }

    struct Case {
        queue: Value,
        latencies: Value,
        overriding: Option<Value>,
        waited: f64,
    }

    fn case(queue: Value, latencies: Value) -> Case {
        Case {
            queue,
            latencies,
            overriding: None,
            waited: 0.0,
        }
    }

    fn check(case: Case, expected: &[&str]) {
        let rules: Rules = serde_json::from_value(case.queue).unwrap();
        let mut latencies = Latencies::default();
        for (player, figures) in case.latencies.as_object().unwrap() {
            for (location, figure) in figures.as_object().unwrap() {
                latencies.note(player, location, figure.as_f64().unwrap());
            }
        }
        let overriding = case
            .overriding
            .map(|value| serde_json::from_value(value).unwrap());
        let ranked = rules.ranked(places(), &latencies, overriding.as_ref(), case.waited);
        let shown: Vec<_> = ranked
            .iter()
            .map(|place| format!("{} {}", place.destination, place.location))
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn without_latencies_the_cheapest_comes_first_then_the_order_of_destinations() {
        check(
            case(json!({}), json!({})),
            &["1 eu-west-1", "0 eu-west-1", "0 us-east-1"],
        );
    }

    #[test]
    fn with_latencies_the_quickest_comes_first() {
        let latencies = json!({ "ann": { "us-east-1": 10, "eu-west-1": 90 } });
        check(
            case(json!({}), latencies),
            &["0 us-east-1", "1 eu-west-1", "0 eu-west-1"],
        );
    }

    #[test]
    fn a_queue_may_put_destinations_before_everything() {
        let queue = json!({ "PriorityConfiguration": { "PriorityOrder": ["DESTINATION"] } });
        check(
            case(queue, json!({})),
            &["0 eu-west-1", "0 us-east-1", "1 eu-west-1"],
        );
    }

    #[test]
    fn listed_locations_come_before_others() {
        let queue = json!({ "PriorityConfiguration": {
            "PriorityOrder": ["LOCATION"], "LocationOrder": ["us-east-1"],
        } });
        check(
            case(queue, json!({})),
            &["0 us-east-1", "1 eu-west-1", "0 eu-west-1"],
        );
    }

    #[test]
    fn only_allowed_locations_are_used() {
        let queue = json!({ "FilterConfiguration": { "AllowedLocations": ["us-east-1"] } });
        check(case(queue, json!({})), &["0 us-east-1"]);
    }

    #[test]
    fn latency_policies_loosen_with_time_and_hold_for_every_player() {
        let queue = json!({ "PlayerLatencyPolicies": [
            { "MaximumIndividualPlayerLatencyMilliseconds": 100 },
            { "MaximumIndividualPlayerLatencyMilliseconds": 50, "PolicyDurationSeconds": 120 },
        ] });
        let latencies = json!({
            "ann": { "us-east-1": 40, "eu-west-1": 90 }, "bob": { "us-east-1": 60, "eu-west-1": 45 },
        });
        check(case(queue.clone(), latencies.clone()), &[]);
        let later = Case {
            waited: 120.0,
            ..case(queue, latencies)
        };
        check(later, &["0 us-east-1", "1 eu-west-1", "0 eu-west-1"]);
    }

    #[test]
    fn location_without_a_figure_does_not_meet_a_policy() {
        let queue = json!({ "PlayerLatencyPolicies": [{ "MaximumIndividualPlayerLatencyMilliseconds": 100 }] });
        check(
            case(queue, json!({ "ann": { "us-east-1": 40 } })),
            &["0 us-east-1"],
        );
    }

    #[test]
    fn override_goes_first_and_may_be_all_there_is() {
        let overriding = json!({ "LocationOrder": ["us-east-1"] });
        let with = |strategy: &str| {
            let mut value = overriding.clone();
            value["PlacementFallbackStrategy"] = strategy.into();
            Case {
                overriding: Some(value),
                ..case(json!({}), json!({}))
            }
        };
        check(
            with("DEFAULT_AFTER_SINGLE_PASS"),
            &["0 us-east-1", "1 eu-west-1", "0 eu-west-1"],
        );
        check(with("NONE"), &["0 us-east-1"]);
    }
}
