//! Small populations through small rule sets, and the laws that reports obey.

use std::time::Duration;

use flexmatch::RuleSet;
use flexmatch::matching::MatchmakerOptions;
use simulate::{
    Acceptance, Place, Players, Population, PopulationError, Queue, Recording, Report, Scenario,
    Threshold, simulate,
};

const DUEL: &str = r#""teams": [{"name": "red", "minPlayers": 1, "maxPlayers": 1}, {"name": "blue", "minPlayers": 1, "maxPlayers": 1}]"#;
const SKILL: &str = r#""playerAttributes": [{"name": "skill", "type": "number", "default": 100}]"#;

fn rule_set(rest: &str) -> RuleSet {
    let body = format!(r#"{{"ruleLanguageVersion": "1.0", {DUEL}, {SKILL}, {rest}}}"#);
    let parsed = flexmatch::parse(&body);
    parsed
        .rule_set
        .unwrap_or_else(|| panic!("{:#?}", parsed.problems))
}

fn small() -> Population {
    Population {
        players: 500,
        duration_seconds: 3_600,
        parties: vec![1.0],
        ..Population::default()
    }
}

fn played(rest: &str, population: &Population, seed: u64) -> Report {
    let scenario = Scenario {
        rule_set: &rule_set(rest),
        matchmaker: MatchmakerOptions {
            seed,
            request_timeout: Duration::from_secs(60),
            ..MatchmakerOptions::default()
        },
        players: Players::Drawn(population),
        queue: None,
    };
    simulate(&scenario).expect("the population fits")
}

#[test]
fn without_rules_everybody_plays() {
    let report = played(r#""rules": []"#, &small(), 1);
    assert_eq!(report.players, 500);
    assert!(report.matched_players >= 498, "{report:#?}");
    assert!((report.fill - 1.0).abs() < 1e-9);
}

#[test]
fn every_player_is_matched_or_timed_out() {
    let rules = r#""rules": [{"name": "Near", "type": "latency", "maxLatency": 60}, {"name": "Even", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 5}]"#;
    for seed in 0..5 {
        let report = played(rules, &small(), seed);
        assert_eq!(
            report.matched_players + report.timed_out_players,
            report.players
        );
        assert_eq!(
            report
                .waits
                .iter()
                .map(|bucket| bucket.players)
                .sum::<usize>(),
            report.matched_players
        );
        assert!(report.latency_millis.max <= 60.0);
        assert!(report.quality[0].spread.max <= 5.0);
    }
}

#[test]
fn an_impossible_rule_is_named_with_those_it_starves() {
    let rules = r#""rules": [{"name": "TooNear", "type": "latency", "maxLatency": 60}]"#;
    let population = Population {
        locations: vec!["eu-central-1".to_owned()],
        ..small()
    };
    let report = played(rules, &population, 3);
    let blocked = &report.blocked[0];
    assert_eq!(blocked.rule.as_deref(), Some("TooNear"));
    let starved: Vec<&str> = blocked
        .cities
        .iter()
        .filter(|city| city.share > 0.99)
        .map(|city| city.city.as_str())
        .collect();
    assert!(
        starved.contains(&"sydney") && starved.contains(&"tokyo"),
        "{blocked:#?}"
    );
    assert!(!starved.contains(&"frankfurt"));
}

#[test]
fn matches_are_counted_by_the_step_that_made_them_possible() {
    let rules = r#""rules": [{"name": "Even", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 0}],
        "expansions": [{"target": "rules[Even].maxDistance", "steps": [{"waitTimeSeconds": 10, "value": 1000}]}]"#;
    let report = played(rules, &small(), 1);
    assert_eq!(
        report
            .steps
            .iter()
            .map(|step| step.from_seconds)
            .collect::<Vec<_>>(),
        [0, 10]
    );
    assert_eq!(report.steps[0].matches, 0);
    assert_eq!(report.steps[1].matches, report.matches);
    assert!(report.wait_seconds.p50 >= 10.0);
}

#[test]
fn the_same_seed_gives_the_same_report_and_another_one_another() {
    let rules = r#""rules": [{"name": "Near", "type": "latency", "maxLatency": 120}]"#;
    let report = played(rules, &small(), 5);
    assert_eq!(report, played(rules, &small(), 5));
    assert_ne!(report, played(rules, &small(), 6));
}

#[test]
fn thresholds_compare_with_the_report() {
    let report = played(r#""rules": []"#, &small(), 1);
    let crossed = |text: &str| {
        text.parse::<Threshold>()
            .expect("it is one")
            .crossed(&report)
            .is_some()
    };
    assert!(crossed("max_wait>0s") && !crossed("max_wait>100s"));
    assert!(crossed("fill>99%") && !crossed("fill<99%"));
}

#[test]
fn populations_are_checked() {
    let check = |text: &str, expected: &str| {
        let population = Population::parse(text);
        let checked =
            population.and_then(|population| population.check(&rule_set(r#""rules": []"#)));
        let message = checked.map_err(|error: PopulationError| error.to_string());
        let message = message.expect_err("it is refused");
        assert!(message.contains(expected), "{text}: {message}");
    };
    check("{", "doesn't parse");
    check(r#"{"player": 1}"#, "unknown field");
    check(r#"{"players": 0}"#, "`players` is 0");
    check(r#"{"evening_peak": 3}"#, "`evening_peak` is 3");
    check(r#"{"parties": [0, 0]}"#, "`parties` is 0");
    check(r#"{"locations": ["mars-1"]}"#, "location `mars-1`");
    check(r#"{"cities": {"atlantis": 1}}"#, "city `atlantis`");
    check(
        r#"{"distances": {"eu-north-1": {"atlantis": 20}}}"#,
        "city `atlantis`",
    );
    check(
        r#"{"distances": {"eu-north-1": {"london": -1}}}"#,
        "`distances` is -1",
    );
    check(r#"{"hours": [1, 2]}"#, "`hours` is 2");
    check(
        r#"{"hours": [0,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1], "duration_seconds": 3600}"#,
        "above 0 in every hour",
    );
    check(
        r#"{"acceptance": {"rejects": 0.6, "ignores": 0.5}}"#,
        "`ignores` is 0.5",
    );
    check(
        r#"{"attributes": {"skil": {"uniform": {"from": 0, "to": 1}}}}"#,
        "`skil`",
    );
    check(
        r#"{"attributes": {"skill": {"words": {"a": 1}}}}"#,
        "`skill`",
    );
    check(
        r#"{"attributes": {"skill": {"uniform": {"from": 2, "to": 1}}}}"#,
        "`to` is 1",
    );
}

#[test]
fn a_missing_attribute_leaves_players_without_a_match_and_without_a_rule_to_blame() {
    let body = format!(
        r#"{{"ruleLanguageVersion": "1.0", {DUEL}, "playerAttributes": [{{"name": "skill", "type": "number"}}], "rules": []}}"#
    );
    let rule_set = flexmatch::parse(&body).rule_set.expect("it is valid");
    let population = Population::parse(
        r#"{"players": 400, "duration_seconds": 3600, "parties": [1],
            "attributes": {"skill": {"missing": {"share": 0.5, "otherwise": {"uniform": {"from": 0, "to": 9}}}}}}"#,
    );
    let scenario = Scenario {
        rule_set: &rule_set,
        matchmaker: MatchmakerOptions::default(),
        players: Players::Drawn(&population.expect("it parses")),
        queue: None,
    };
    let report = simulate(&scenario).expect("the population fits");
    assert_eq!(report.blocked[0].rule, None);
    assert!((0.4..0.6).contains(&report.blocked[0].share), "{report:#?}");
}

const EVEN: &str = r#""rules": [{"name": "Even", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 5},
        {"name": "Near", "type": "latency", "maxLatency": 60}],
    "expansions": [{"target": "rules[Even].maxDistance", "steps": [{"waitTimeSeconds": 10, "value": 20}, {"waitTimeSeconds": 30, "value": 500}]},
        {"target": "rules[Near].maxLatency", "steps": [{"waitTimeSeconds": 20, "value": 400}]}]"#;

#[test]
fn each_step_is_told_with_those_it_helped() {
    let report = played(EVEN, &small(), 1);
    let steps: Vec<(&str, u32, &str)> = report
        .expansions
        .iter()
        .map(|step| (step.target.as_str(), step.from_seconds, step.value.as_str()))
        .collect();
    assert_eq!(
        steps,
        [
            ("rules[Even].maxDistance", 10, "20"),
            ("rules[Even].maxDistance", 30, "500"),
            ("rules[Near].maxLatency", 20, "400"),
        ]
    );
    for step in &report.expansions {
        assert!(step.matches > 0, "{step:?}");
        assert_eq!(step.players, step.matches * 2, "{step:?}");
        assert!(step.waiting_players >= step.players, "{step:?}");
    }
    // Who needs the second step of a rule waited for it, so fewer are left.
    assert!(report.expansions[1].waiting_players < report.expansions[0].waiting_players);
    assert!(
        report
            .expansions
            .iter()
            .all(|step| step.matches < report.matches)
    );
}

#[test]
fn matches_are_measured_by_every_rule() {
    let report = played(EVEN, &small(), 1);
    let rules: Vec<(&str, &str)> = report
        .rules
        .iter()
        .map(|rule| (rule.rule.as_str(), rule.quantity))
        .collect();
    assert_eq!(rules, [("Even", "distance"), ("Near", "latency")]);
    // A duel's distance is its spread.
    assert_eq!(report.rules[0].value, report.quality[0].spread);
    // Played is where the average is lowest, measured where the furthest player is nearest.
    let latency = report.rules[1].value;
    assert!(latency.max > 0.0 && latency.max <= report.latency_millis.max);
}

#[test]
fn a_limit_on_waits_fails_when_nobody_gets_a_match() {
    let rules = r#""rules": [{"name": "Never", "type": "latency", "maxLatency": 1}]"#;
    let report = played(rules, &small(), 1);
    assert_eq!(report.matches, 0);
    let found = |text: &str| {
        let threshold: Threshold = text.parse().expect("it is one");
        threshold.crossed(&report)
    };
    for text in [
        "p95_wait>30s",
        "p95_latency>100ms",
        "fill<1%",
        "unplaced>5%",
    ] {
        assert_eq!(
            found(text).as_deref(),
            Some("unknown: nobody got a match"),
            "{text}"
        );
    }
    assert_eq!(found("timed_out>99%").as_deref(), Some("100%"));
    assert_eq!(report.blocked[0].rule.as_deref(), Some("Never"));
}

fn queue(properties: &str) -> Queue {
    let place = |destination: usize, location: &str| Place {
        destination,
        region: location.to_owned(),
        fleet: "arena".to_owned(),
        location: location.to_owned(),
        cost: 1.0,
    };
    Queue {
        name: "worldwide".to_owned(),
        timeout: Duration::from_secs(60),
        rules: serde_json::from_str(properties).expect("these are a queue's properties"),
        places: vec![place(0, "us-east-1"), place(1, "eu-central-1")],
    }
}

fn placed(properties: &str) -> Report {
    let queue = queue(properties);
    let scenario = Scenario {
        rule_set: &rule_set(r#""rules": []"#),
        matchmaker: MatchmakerOptions::default(),
        players: Players::Drawn(&small()),
        queue: Some(&queue),
    };
    simulate(&scenario).expect("the population fits")
}

#[test]
fn a_queue_places_matches_by_its_priorities() {
    let near = placed("{}").locations;
    assert_eq!(near.len(), 2, "{near:?}");
    let first = placed(r#"{"PriorityConfiguration": {"PriorityOrder": ["DESTINATION"]}}"#);
    assert_eq!(first.locations.len(), 1);
    assert_eq!(first.locations[0].name, "us-east-1");
    let placement = first.placement.expect("a queue was played");
    assert_eq!(placement.fleets[0].name, "arena in us-east-1");
    assert_eq!(placement.placed_matches, first.matches);
    assert_eq!(placement.unplaced_matches, 0);
}

#[test]
fn policies_that_no_place_meets_leave_matches_without_one() {
    let report = placed(
        r#"{"PlayerLatencyPolicies": [{"MaximumIndividualPlayerLatencyMilliseconds": 60, "PolicyDurationSeconds": 20},
            {"MaximumIndividualPlayerLatencyMilliseconds": 180}]}"#,
    );
    assert!(report.latency_millis.max <= 180.0, "{report:#?}");
    let placement = report.placement.as_ref().expect("a queue was played");
    assert!(
        placement.unplaced_matches > 0
            && placement.unplaced_players == 2 * placement.unplaced_matches
    );
    assert_eq!(
        placement.placed_matches + placement.unplaced_matches,
        report.matches
    );
    assert_eq!(placement.wait_seconds.max, 20.0);
    let policies: Vec<usize> = placement
        .policies
        .iter()
        .map(|policy| policy.matches)
        .collect();
    assert_eq!(policies.iter().sum::<usize>(), placement.placed_matches);
    assert!(policies.iter().all(|matches| *matches > 0), "{policies:?}");
    let threshold: Threshold = "unplaced>0%".parse().expect("it is one");
    assert!(threshold.crossed(&report).is_some());
}

#[test]
fn a_queue_gives_up_before_a_policy_that_comes_too_late() {
    let report = placed(
        r#"{"PlayerLatencyPolicies": [{"MaximumIndividualPlayerLatencyMilliseconds": 1, "PolicyDurationSeconds": 60},
            {"MaximumIndividualPlayerLatencyMilliseconds": 1000}]}"#,
    );
    let placement = report.placement.expect("a queue was played");
    assert_eq!(placement.unplaced_matches, report.matches);
}

#[test]
fn players_who_do_not_accept_leave_and_the_others_search_again() {
    let population = Population {
        acceptance: Acceptance {
            rejects: 0.1,
            ignores: 0.1,
            seconds: 5.0,
        },
        ..small()
    };
    let scenario = |acceptance_timeout| Scenario {
        rule_set: RULES.get_or_init(|| rule_set(r#""rules": []"#)),
        matchmaker: MatchmakerOptions {
            acceptance_timeout,
            ..MatchmakerOptions::default()
        },
        players: Players::Drawn(&population),
        queue: None,
    };
    let report = simulate(&scenario(Some(Duration::from_secs(10)))).expect("it fits");
    let asked = report.acceptance.as_ref().expect("players are asked");
    assert!(asked.rejected > 0 && asked.timed_out > 0, "{asked:?}");
    assert_eq!(
        asked.proposed,
        report.matches + asked.rejected + asked.timed_out
    );
    assert!(report.declined_players > 0);
    assert_eq!(
        report.matched_players + report.timed_out_players + report.declined_players,
        report.players
    );
    let unasked = simulate(&scenario(None)).expect("it fits");
    assert_eq!(unasked.acceptance, None);
    assert!(unasked.matched_players > report.matched_players);
}

static RULES: std::sync::OnceLock<RuleSet> = std::sync::OnceLock::new();

const RECORDED: &str =
    "time,ticket,player,city,attribute:skill,attribute:mood,latency:eu-central-1,latency:us-east-1
2025-01-31T12:00:00.000Z,t1,ann,Ulm,100,good,20,110
2025-01-31T12:00:01Z,t2,bob,Bonn,104,,25,
2025-01-31T13:00:00.5+01:00,t3,cleo,Ulm,900,,30,90
";

fn replayed(rest: &str, text: &str) -> Result<Report, PopulationError> {
    let recording = Recording::parse(text)?;
    simulate(&Scenario {
        rule_set: &rule_set(rest),
        matchmaker: MatchmakerOptions::default(),
        players: Players::Recorded(&recording),
        queue: None,
    })
}

#[test]
fn recorded_tickets_are_played_as_they_came() {
    let report = replayed(
        r#""rules": [{"name": "Even", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 5}]"#,
        RECORDED,
    );
    let report = report.expect("the recording fits");
    assert_eq!((report.players, report.matches), (3, 1));
    assert_eq!(report.quality[0].spread.max, 4.0);
    assert_eq!(report.locations[0].name, "eu-central-1");
    assert_eq!(report.latency_millis.max, 25.0);
    let blocked = &report.blocked[0];
    assert_eq!(blocked.rule.as_deref(), Some("Even"));
    assert_eq!(blocked.cities[0].city, "Ulm");
    assert!((blocked.cities[0].share - 0.5).abs() < 1e-9);
}

#[test]
fn a_recorded_attribute_of_another_type_is_refused_at_its_line() {
    let text = RECORDED.replace("900", "high");
    let message = replayed(r#""rules": []"#, &text)
        .expect_err("it is refused")
        .to_string();
    assert_eq!(
        message,
        "line 4: `high` is no value of attribute `skill`, a number"
    );
}

#[test]
fn a_player_who_asks_again_leaves_the_older_ticket() {
    let text = "time,ticket,player,latency:eu-central-1\n0,t1,ann,20\n30,t2,ann,20\n";
    let report = replayed(r#""rules": []"#, text).expect("the recording fits");
    assert_eq!(report.players, 2);
    assert_eq!((report.replaced_players, report.timed_out_players), (1, 1));
}

#[test]
fn own_distances_make_a_location_known() {
    let population = Population::parse(
        r#"{"players": 200, "duration_seconds": 600, "parties": [1], "locations": ["eu-north-1"], "cities": {"london": 1, "tokyo": 1},
            "distances": {"eu-north-1": {"london": 30}}}"#,
    );
    let report = played(
        r#""rules": [{"name": "Near", "type": "latency", "maxLatency": 300}]"#,
        &population.expect("it parses"),
        1,
    );
    assert_eq!(report.locations[0].name, "eu-north-1");
    let starved: Vec<&str> = report
        .blocked
        .iter()
        .flat_map(|blocked| &blocked.cities)
        .filter(|city| city.share > 0.99)
        .map(|city| city.city.as_str())
        .collect();
    assert_eq!(starved, ["tokyo"]);
}

#[test]
fn players_come_at_the_hours_that_the_population_says() {
    let mut hours = [0.0; 24];
    hours[3] = 1.0;
    let population = Population {
        players: 100,
        hours: hours.to_vec(),
        cities: [("london".to_owned(), 1.0)].into(),
        parties: vec![1.0],
        ..Population::default()
    };
    // All hundred in one hour find each other; over a day at most a handful would within a minute.
    let report = played(r#""rules": []"#, &population, 1);
    assert!(report.matched_players > 60, "{report:#?}");
}
