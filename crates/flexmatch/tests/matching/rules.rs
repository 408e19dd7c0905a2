//! What each type of rule demands.

use flexmatch::matching::Quantity;

use crate::scene::{Scene, duel};

const ATTRIBUTES: &str = r#""playerAttributes": [
    {"name": "skill", "type": "number", "default": 0},
    {"name": "mode", "type": "string", "default": "any"},
    {"name": "maps", "type": "string_list", "default": []}]"#;

/// Whether these tickets form a one-on-one match under one rule.
#[track_caller]
fn check(rule: &str, tickets: &str, matched: bool) {
    check_with(1, rule, tickets, matched);
}

#[track_caller]
fn check_with(players: u32, rule: &str, tickets: &str, matched: bool) {
    let rest = format!(r#"{ATTRIBUTES}, "rules": [{{"name": "R", {rule}}}]"#);
    let mut scene = Scene::patient(&duel(players, &rest));
    scene.enter(0, tickets);
    let formed = scene.formed(0);
    assert_eq!(!formed.is_empty(), matched, "{rule}: {tickets}");
}

#[test]
fn comparison_with_a_number_asks_every_player() {
    let rule = r#""type": "comparison", "operation": ">=", "referenceValue": 5, "measurements": ["teams[red].players.attributes[skill]", "teams[blue].players.attributes[skill]"]"#;
    check(rule, "a skill=5\nb skill=6", true);
    check(rule, "a skill=5\nb skill=4", false);
}

#[test]
fn comparison_of_texts_knows_equality() {
    let rule = r#""type": "comparison", "operation": "=", "referenceValue": "coop", "measurements": "flatten(teams[*].players.attributes[mode])""#;
    check(rule, "a mode=coop\nb mode=coop", true);
    check(rule, "a mode=coop\nb mode=duel", false);
}

#[test]
fn distance_bounds_are_inclusive() {
    let rule = r#""type": "distance", "minDistance": 2, "maxDistance": 4, "referenceValue": "min(flatten(teams[*].players.attributes[skill]))", "measurements": ["max(flatten(teams[*].players.attributes[skill]))"]"#;
    for (skill, matched) in [(1, false), (2, true), (4, true), (5, false)] {
        check(rule, &format!("a skill=0\nb skill={skill}"), matched);
    }
}

#[test]
fn parties_count_by_their_aggregate() {
    let rule = |party| {
        format!(
            r#""type": "batchDistance", "batchAttribute": "skill", "maxDistance": 3, "partyAggregation": "{party}""#
        )
    };
    let tickets = "a skill=0+b skill=10\nc skill=5+d skill=5";
    check_with(2, &rule("avg"), tickets, true);
    check_with(2, &rule("min"), tickets, false);
    check_with(2, &rule("max"), tickets, false);
    check_with(
        2,
        &rule("max"),
        "a skill=0+b skill=10\nc skill=9+d skill=9",
        true,
    );
}

#[test]
fn batch_distance_of_texts_wants_one_text() {
    let rule = r#""type": "batchDistance", "batchAttribute": "mode""#;
    check(rule, "a mode=x\nb mode=x", true);
    check(rule, "a mode=x\nb mode=y", false);
}

#[test]
fn contains_counts_lists_that_hold_the_text() {
    let rule = r#""type": "collection", "operation": "contains", "referenceValue": "lava", "minCount": 1, "maxCount": 1, "measurements": ["flatten(teams[*].players.attributes[maps])"]"#;
    check(rule, "a maps=[lava,ice]\nb", true);
    check(rule, "a\nb", false);
    check(rule, "a maps=[lava]\nb maps=[lava]", false);
}

#[test]
fn a_party_list_is_the_union_or_the_intersection() {
    let rule = |party| {
        format!(
            r#""type": "collection", "operation": "intersection", "minCount": 1, "partyAggregation": "{party}", "measurements": ["flatten(teams[*].players.attributes[maps])"]"#
        )
    };
    let tickets = "a maps=[x]+b maps=[y]\nc maps=[x]+d maps=[x]";
    check_with(2, &rule("union"), tickets, true);
    check_with(2, &rule("intersection"), tickets, false);
}

#[test]
fn overlap_with_a_literal_list_is_asked_of_every_list() {
    let rule = r#""type": "collection", "operation": "reference_intersection_count", "referenceValue": ["x", "y"], "minCount": 1, "measurements": ["flatten(teams[*].players.attributes[maps])"]"#;
    check(rule, "a maps=[x]\nb maps=[y,z]", true);
    check(rule, "a maps=[x]\nb maps=[z]", false);
}

#[test]
fn latency_needs_one_location_for_all() {
    let rule = r#""type": "latency", "maxLatency": 100"#;
    check(rule, "a @eu=100 @us=20\nb @eu=90", true);
    check(rule, "a @eu=101 @us=20\nb @eu=90", false);
    check(rule, "a @us=20\nb @eu=90", false);
    check(rule, "a @us=20\nb", false);
}

#[test]
fn reported_locations_bind_without_a_latency_rule() {
    let rule = r#""type": "batchDistance", "batchAttribute": "skill", "maxDistance": 3"#;
    check(rule, "a @eu=20\nb @us=20", false);
    check(rule, "a @eu=20\nb", true);
}

#[test]
fn latency_distance_compares_players() {
    let rule =
        r#""type": "latency", "maxLatency": 200, "maxDistance": 30, "distanceReference": "min""#;
    check(rule, "a @eu=20\nb @eu=50", true);
    check(rule, "a @eu=20\nb @eu=51", false);
}

#[test]
fn count_waits_for_the_minima() {
    let rule = r#""type": "comparison", "operation": "=", "referenceValue": 2, "measurements": ["count(teams[red].players)"]"#;
    check_with(2, rule, "a\nb\nc\nd", true);
    check_with(3, rule, "a\nb\nc\nd\ne\nf", false);
}

#[test]
fn compounds_combine_and_replace_their_operands() {
    let body = |statement: &str| {
        format!(
            r#"{ATTRIBUTES}, "rules": [
            {{"name": "A", "type": "comparison", "operation": "=", "measurements": "flatten(teams[*].players.attributes[mode])"}},
            {{"name": "B", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 1000}},
            {{"name": "N", "type": "comparison", "operation": "=", "measurements": "flatten(teams[*].players.attributes[skill])"}},
            {{"name": "C", "type": "compound", "statement": "{statement}"}}]"#
        )
    };
    let check = |statement: &str, tickets: &str, matched: bool| {
        let mut scene = Scene::patient(&duel(1, &body(statement)));
        scene.enter(0, tickets);
        assert_eq!(
            !scene.formed(0).is_empty(),
            matched,
            "{statement}: {tickets}"
        );
    };
    let (same, mode, skill, none) = (
        "a\nb",
        "a skill=1\nb skill=2",
        "a mode=x\nb mode=y",
        "a mode=x skill=1\nb mode=y skill=2",
    );
    for (statement, expected) in [
        ("and(A, N)", [true, false, false, false]),
        ("or(A, N)", [true, true, true, false]),
        ("xor(A, N)", [false, true, true, false]),
        ("and(not(A), not(N))", [false, false, false, true]),
    ] {
        for (tickets, matched) in [same, mode, skill, none].into_iter().zip(expected) {
            check(statement, tickets, matched);
        }
    }
}

#[test]
fn functions_of_lists_give_one_number() {
    let check = |function: &str, expected: f64| {
        let rule = format!(
            r#""type": "comparison", "operation": "=", "referenceValue": {expected}, "measurements": ["{function}(flatten(teams[*].players.attributes[skill]))"]"#
        );
        check_with(2, &rule, "a skill=2\nb skill=4\nc skill=4\nd skill=6", true);
    };
    check("min", 2.0);
    check("max", 6.0);
    check("sum", 16.0);
    check("avg", 4.0);
    check("median", 4.0);
    check("stddev", 2.0_f64.sqrt());
    check("count", 4.0);
}

/// What a match is said to use of one rule, and from which age the rule allows it.
#[track_caller]
fn check_verdict(rule: &str, tickets: &str, extent: Option<(Quantity, f64)>) {
    let rest = format!(r#"{ATTRIBUTES}, "rules": [{{"name": "R", {rule}}}]"#);
    let mut scene = Scene::patient(&duel(1, &rest));
    scene.enter(0, tickets);
    let formed = scene.formed(0);
    let verdict = &formed[0].verdicts[0];
    assert_eq!((verdict.rule.as_str(), verdict.allowed_from), ("R", 0));
    let found = verdict.extent.map(|extent| (extent.quantity, extent.value));
    assert_eq!(found, extent, "{rule}");
}

#[test]
fn a_match_tells_how_far_it_uses_up_a_rule() {
    check_verdict(
        r#""type": "distance", "measurements": ["avg(teams[*].players.attributes[skill])"], "referenceValue": 5, "maxDistance": 9"#,
        "a skill=7\nb skill=-2",
        Some((Quantity::Distance, 7.0)),
    );
    check_verdict(
        r#""type": "batchDistance", "batchAttribute": "skill", "maxDistance": 9"#,
        "a skill=7\nb skill=-2",
        Some((Quantity::Distance, 9.0)),
    );
    check_verdict(
        r#""type": "batchDistance", "batchAttribute": "mode""#,
        "a\nb",
        None,
    );
    // Everybody can play in both; in `us` the further player is nearer.
    check_verdict(
        r#""type": "latency", "maxLatency": 200"#,
        "a @eu=20 @us=90\nb @eu=100 @us=80",
        Some((Quantity::Latency, 90.0)),
    );
    check_verdict(
        r#""type": "collection", "operation": "intersection", "measurements": "flatten(teams[*].players.attributes[maps])""#,
        "a maps=[lava,ice,sea]\nb maps=[ice,sea]",
        Some((Quantity::Count, 2.0)),
    );
    check_verdict(
        r#""type": "collection", "operation": "contains", "referenceValue": "ice", "measurements": "flatten(teams[*].players.attributes[maps])""#,
        "a maps=[lava,ice]\nb maps=[sea]",
        Some((Quantity::Count, 1.0)),
    );
    check_verdict(
        r#""type": "collection", "operation": "reference_intersection_count", "referenceValue": ["ice", "sea"], "minCount": 1, "measurements": "flatten(teams[*].players.attributes[maps])""#,
        "a maps=[ice,sea]\nb maps=[sea]",
        Some((Quantity::Count, 1.0)),
    );
}

#[test]
fn a_match_tells_which_step_made_each_rule_allow_it() {
    let rest = format!(
        r#"{ATTRIBUTES}, "rules": [{{"name": "Even", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 5}},
            {{"name": "Near", "type": "latency", "maxLatency": 50}}],
        "expansions": [{{"target": "rules[Even].maxDistance", "steps": [{{"waitTimeSeconds": 10, "value": 20}}, {{"waitTimeSeconds": 30, "value": 90}}]}},
            {{"target": "rules[Near].maxLatency", "steps": [{{"waitTimeSeconds": 20, "value": 100}}]}}]"#
    );
    let mut scene = Scene::patient(&duel(1, &rest));
    scene.enter(0, "a skill=0 @eu=70\nb skill=15 @eu=70");
    assert!(scene.formed(19).is_empty());
    let formed = scene.formed(20);
    let ages: Vec<u32> = formed[0]
        .verdicts
        .iter()
        .map(|verdict| verdict.allowed_from)
        .collect();
    assert_eq!((ages, formed[0].requirements_age), (vec![10, 20], 20));
}
