//! What holds for any tickets, any rule set of a family and any seed.

use std::collections::{BTreeMap, BTreeSet};

use flexmatch::RuleSet;
use flexmatch::matching::{
    Event, FormedMatch, Matchmaker, MatchmakerOptions, Moment, Player, Ticket,
};
use proptest::prelude::*;

use crate::plain::Plain;
use crate::scene::rule_set;

/// Two to four teams with a fair skill, a spread of skill and a latency limit, relaxed at 10 seconds.
#[derive(Debug, Clone)]
struct Rules {
    min: u32,
    extra: u32,
    quantity: u32,
    fair: u32,
    spread: u32,
    latency: u32,
    age: &'static str,
    preference: &'static str,
}

impl Rules {
    fn rule_set(&self) -> RuleSet {
        let Self {
            min,
            extra,
            quantity,
            fair,
            spread,
            latency,
            age,
            preference,
        } = self;
        rule_set(&format!(
            r#"{{"ruleLanguageVersion": "1.0",
            "playerAttributes": [{{"name": "skill", "type": "number"}}],
            "algorithm": {{"strategy": "exhaustiveSearch", {preference}, "expansionAgeSelection": "{age}"}},
            "teams": [{{"name": "t", "minPlayers": {min}, "maxPlayers": {}, "quantity": {quantity}}}],
            "rules": [
                {{"name": "Fair", "type": "distance", "maxDistance": {fair},
                  "measurements": ["avg(teams[*].players.attributes[skill])"],
                  "referenceValue": "avg(flatten(teams[*].players.attributes[skill]))"}},
                {{"name": "Even", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": {spread}}},
                {{"name": "Near", "type": "latency", "maxLatency": {latency}}}],
            "expansions": [
                {{"target": "rules[Near].maxLatency", "steps": [{{"waitTimeSeconds": 10, "value": {}}}]}},
                {{"target": "teams[t].minPlayers", "steps": [{{"waitTimeSeconds": 10, "value": 1}}]}}]}}"#,
            min + extra,
            latency * 2,
        ))
    }
}

fn rules() -> impl Strategy<Value = Rules> {
    let ages = proptest::sample::select(&["newest", "oldest"][..]);
    let preferences = proptest::sample::select(
        &[
            r#""batchingPreference": "random""#,
            r#""batchingPreference": "sorted", "sortByAttributes": ["skill"]"#,
        ][..],
    );
    (
        1_u32..4,
        0_u32..3,
        2_u32..4,
        5_u32..40,
        10_u32..100,
        40_u32..120,
        ages,
        preferences,
    )
        .prop_map(
            |(min, extra, quantity, fair, spread, latency, age, preference)| Rules {
                min,
                extra,
                quantity,
                fair,
                spread,
                latency,
                age,
                preference,
            },
        )
}

/// Skill and latencies of each player of each ticket, with the second at which the ticket comes.
type Crowd = Vec<(u64, Vec<(u32, u32, u32)>)>;

fn crowd(party: std::ops::Range<usize>) -> impl Strategy<Value = Crowd> {
    let player = (0_u32..100, 20_u32..200, 20_u32..200);
    proptest::collection::vec((0_u64..20, proptest::collection::vec(player, party)), 0..40)
}

fn tickets(crowd: &Crowd) -> Vec<(u64, Ticket)> {
    let mut tickets: Vec<(u64, Ticket)> = crowd
        .iter()
        .enumerate()
        .map(|(number, (second, players))| {
            let player = |(index, (skill, eu, us)): (usize, &(u32, u32, u32))| {
                Player::new(format!("p{number}-{index}"))
                    .with(
                        "skill",
                        flexmatch::AttributeValue::Number(f64::from(*skill)),
                    )
                    .near("eu", *eu)
                    .near("us", *us)
            };
            let players = players.iter().enumerate().map(player).collect();
            (*second, Ticket::new(format!("t{number}"), players))
        })
        .collect();
    tickets.sort_by_key(|(second, _)| *second);
    tickets
}

/// Plays 30 seconds.
fn events(rules: &Rules, tickets: &[(u64, Ticket)], seed: u64) -> Vec<Event> {
    let options = MatchmakerOptions {
        seed,
        ..MatchmakerOptions::default()
    };
    let mut matchmaker = Matchmaker::new(&rules.rule_set(), options);
    let mut events = Vec::new();
    for second in 0..30 {
        let now = Moment::from_secs(second);
        for (_, ticket) in tickets.iter().filter(|(at, _)| *at == second) {
            matchmaker
                .enqueue(ticket.clone(), now)
                .expect("the ticket is fine");
        }
        events.extend(matchmaker.tick(now));
    }
    events
}

fn formed(events: &[Event]) -> Vec<&FormedMatch> {
    let mut formed = Vec::new();
    for event in events {
        if let Event::Ready(ready) = event {
            formed.push(ready);
        }
    }
    formed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_match_satisfies_all_rules(rules in rules(), crowd in crowd(1..2), seed in any::<u64>()) {
        let tickets = tickets(&crowd);
        let players: BTreeMap<String, Player> = tickets
            .iter()
            .flat_map(|(_, ticket)| &ticket.players)
            .map(|player| (player.id.to_string(), player.clone()))
            .collect();
        let rule_set = rules.rule_set();
        let plain = Plain { rule_set: &rule_set, players: &players };
        for formed in formed(&events(&rules, &tickets, seed)) {
            prop_assert_eq!(plain.broken(formed), Vec::<String>::new());
        }
    }

    #[test]
    fn parties_stay_together_and_no_ticket_plays_twice(rules in rules(), crowd in crowd(1..4), seed in any::<u64>()) {
        let tickets = tickets(&crowd);
        let mut seen = BTreeSet::new();
        for formed in formed(&events(&rules, &tickets, seed)) {
            for id in &formed.tickets {
                prop_assert!(seen.insert(id.clone()), "{} plays twice", id);
                let ticket = tickets.iter().find(|(_, ticket)| ticket.id == *id).expect("it was sent");
                let team = formed.teams.iter().find(|team| team.players.iter().any(|player| player.ticket == *id));
                let team = team.expect("its players play");
                for player in &ticket.1.players {
                    prop_assert!(team.players.iter().any(|playing| playing.id == player.id));
                }
            }
            let expected: usize = formed.tickets.iter()
                .map(|id| tickets.iter().find(|(_, ticket)| ticket.id == *id).map_or(0, |(_, ticket)| ticket.players.len()))
                .sum();
            prop_assert_eq!(formed.players().count(), expected);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_events(rules in rules(), crowd in crowd(1..4), seed in any::<u64>()) {
        let tickets = tickets(&crowd);
        let once = format!("{:?}", events(&rules, &tickets, seed));
        prop_assert_eq!(once, format!("{:?}", events(&rules, &tickets, seed)));
    }
}
