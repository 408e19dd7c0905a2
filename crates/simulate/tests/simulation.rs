//! Small populations through small rule sets, and the laws that reports obey.

use std::time::Duration;

use flexmatch::RuleSet;
use flexmatch::matching::MatchmakerOptions;
use simulate::{Population, PopulationError, Report, Scenario, Threshold, simulate};

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
        population,
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
        population: &population.expect("it parses"),
    };
    let report = simulate(&scenario).expect("the population fits");
    assert_eq!(report.blocked[0].rule, None);
    assert!((0.4..0.6).contains(&report.blocked[0].share), "{report:#?}");
}
