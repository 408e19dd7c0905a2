//! One small example per check. Each is a mutation of one valid body, so that only its own problem shows.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; a wrong pointer is a mistake in the test"
)]

use flexmatch::{code, parse};
use serde_json::{Value, json};

/// A body that has no problem at all.
fn valid() -> Value {
    json!({
        "name": "skirmish",
        "ruleLanguageVersion": "1.0",
        "playerAttributes": [
            {"name": "skill", "type": "number", "default": 10},
            {"name": "modes", "type": "string_list", "default": ["any"]},
            {"name": "map", "type": "string", "default": "any"},
            {"name": "tastes", "type": "string_number_map", "default": {"any": 1}}
        ],
        "algorithm": {"strategy": "exhaustiveSearch", "batchingPreference": "sorted", "sortByAttributes": ["skill"]},
        "teams": [
            {"name": "red", "minPlayers": 1, "maxPlayers": 4},
            {"name": "blue", "minPlayers": 1, "maxPlayers": 4, "quantity": 2}
        ],
        "rules": [
            {"name": "Fair", "type": "distance", "measurements": ["avg(teams[red].players.attributes[skill])"],
             "referenceValue": "avg(flatten(teams[*].players.attributes[skill]))", "maxDistance": 10},
            {"name": "Modes", "type": "collection", "operation": "intersection",
             "measurements": ["flatten(teams[*].players.attributes[modes])"], "minCount": 1},
            {"name": "Same", "type": "comparison", "operation": "=",
             "measurements": ["flatten(teams[*].players.attributes[map])"]},
            {"name": "Batch", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 50},
            {"name": "Near", "type": "latency", "maxLatency": 100},
            {"name": "Taste", "type": "absoluteSort", "sortDirection": "descending", "sortAttribute": "tastes",
             "mapKey": "maxValue"},
            {"name": "Either", "type": "compound", "statement": "or(Fair, not(Same))"}
        ],
        "expansions": [
            {"target": "rules[Near].maxLatency", "steps": [{"waitTimeSeconds": 10, "value": 200}]},
            {"target": "teams[red, blue].minPlayers", "steps": [{"waitTimeSeconds": 10, "value": 2}]}
        ]
    })
}

/// The valid body for more than 40 players.
fn large() -> Value {
    json!({
        "ruleLanguageVersion": "1.0",
        "playerAttributes": [{"name": "skill", "type": "number", "default": 1}],
        "algorithm": {"strategy": "balanced", "balancedAttribute": "skill"},
        "teams": [{"name": "all", "minPlayers": 20, "maxPlayers": 60}],
        "rules": [{"name": "Near", "type": "latency", "maxLatency": 100}]
    })
}

/// Puts `value` at a JSON pointer of `body`; the last part may be a new key, and `-` appends to an array.
fn put(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Object(object) => {
            object.insert(last.to_owned(), value);
        }
        Value::Array(array) if last == "-" => array.push(value),
        Value::Array(array) => array[last.parse::<usize>().unwrap()] = value,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            panic!("nothing can be put at {pointer}")
        }
    }
    body
}

/// Removes the key that a JSON pointer names.
fn without(mut body: Value, pointer: &str) -> Value {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(last)
        .unwrap();
    body
}

/// The problems of a text as `code path`.
fn found(text: &str) -> Vec<String> {
    let problems = parse(text).problems;
    problems
        .iter()
        .map(|problem| {
            format!("{} {}", problem.code, problem.path)
                .trim_end()
                .to_owned()
        })
        .collect()
}

#[track_caller]
fn check(body: Value, expected: &[&str]) {
    let mut problems = found(&body.to_string());
    problems.sort();
    assert_eq!(problems, expected);
}

/// Puts one value into the valid body and expects one problem.
#[track_caller]
fn check_put(pointer: &str, value: Value, expected: &str) {
    check(put(valid(), pointer, value), &[expected]);
}

/// Appends one rule to the valid body and expects the problems.
#[track_caller]
fn check_rule(rule: Value, expected: &[&str]) {
    check(put(valid(), "/rules/-", rule), expected);
}

#[test]
fn the_valid_bodies_have_no_problem() {
    check(valid(), &[]);
    check(large(), &[]);
}

#[test]
fn text_that_is_no_json_is_placed() {
    let cases = [
        ("", "the body is empty", (1, 1)),
        ("{\"a\": 1,\n}", "trailing commas are not allowed", (1, 8)),
        ("{'a': 1}", "single-quoted strings are not allowed", (1, 2)),
        ("{\"a\": tru}", "unexpected", (1, 7)),
        ("{\n  \"a\": [1 2]}", "expected comma", (2, 10)),
        ("{\"a\": 1e999}", "isn't a number", (1, 7)),
        ("{} {}", "more than one", (1, 4)),
    ];
    for (text, message, position) in cases {
        let problems = parse(text).problems;
        let [problem] = &problems[..] else {
            panic!("{text}: {problems:?}")
        };
        assert_eq!(problem.code, code::SYNTAX, "{text}");
        assert!(
            problem.message.contains(message),
            "{text}: {}",
            problem.message
        );
        assert_eq!((problem.line, problem.column), position, "{text}");
    }
}

#[test]
fn comments_of_both_kinds_are_one_warning() {
    let text = large().to_string().replacen('{', "{ // one\n /* two */", 1);
    let parsed = parse(&text);
    assert_eq!(found(&text), ["L0502"]);
    assert_eq!(
        parsed.problems[0].message,
        "the body holds 2 comments, which JSON doesn't have"
    );
    assert_eq!(parsed.canonical, Some(large()));
}

#[test]
fn a_repeated_key_is_an_error() {
    let text = large().to_string().replacen(
        "\"minPlayers\":20",
        "\"minPlayers\":20,\"minPlayers\":20",
        1,
    );
    assert_eq!(found(&text), ["L0503 teams[0].minPlayers"]);
}

#[test]
fn a_body_beyond_the_limit_is_an_error() {
    let body = put(large(), "/rules/0/description", json!("x".repeat(65_535)));
    check(body, &["L0504"]);
}

#[test]
fn wrong_json_types_are_errors() {
    assert_eq!(found("[]"), ["L0505"]);
    check_put("/name", json!(1), "L0505 name");
    check_put(
        "/teams/0/maxPlayers",
        json!("many"),
        "L0505 teams[0].maxPlayers",
    );
    check_put(
        "/teams/0/maxPlayers",
        json!(1.5),
        "L0505 teams[0].maxPlayers",
    );
    check_put(
        "/playerAttributes/0/default",
        json!("ten"),
        "L0505 playerAttributes[0].default",
    );
    check_put(
        "/playerAttributes/1/default",
        json!([1]),
        "L0505 playerAttributes[1].default[0]",
    );
    check_put(
        "/playerAttributes/3/default",
        json!({"a": "b"}),
        "L0505 playerAttributes[3].default.a",
    );
    check_put(
        "/expansions/0/steps/0/value",
        json!("soon"),
        "L0505 expansions[0].steps[0].value",
    );
}

#[test]
fn numbers_may_be_strings() {
    check(put(valid(), "/rules/0/maxDistance", json!("500")), &[]);
    check(put(valid(), "/teams/0/maxPlayers", json!("4")), &[]);
    check(
        put(valid(), "/expansions/0/steps/0/value", json!("200")),
        &[],
    );
    check(
        put(valid(), "/playerAttributes/0/default", json!("10")),
        &[],
    );
}

#[test]
fn required_properties_are_missed() {
    check(without(valid(), "/ruleLanguageVersion"), &["L0506"]);
    check(without(valid(), "/teams/0/minPlayers"), &["L0506 teams[0]"]);
    check(
        without(valid(), "/rules/0/referenceValue"),
        &["L0506 rules[0]"],
    );
    check(without(valid(), "/rules/1/operation"), &["L0506 rules[1]"]);
    check(
        without(valid(), "/rules/3/batchAttribute"),
        &["L0506 rules[3]"],
    );
    check(
        without(valid(), "/rules/5/sortDirection"),
        &["L0506 rules[5]"],
    );
    check(without(valid(), "/rules/6/statement"), &["L0506 rules[6]"]);
    check(
        without(valid(), "/expansions/0/steps"),
        &["L0506 expansions[0]"],
    );
    check_put(
        "/rules/0/measurements",
        json!([]),
        "L0506 rules[0].measurements",
    );
    check_put("/rules/5/name", json!(""), "L0506 rules[5].name");
}

#[test]
fn an_unknown_key_is_a_warning_with_a_suggestion() {
    check_put("/teams/0/maxPlayer", json!(4), "L0507 teams[0].maxPlayer");
    check_put(
        "/acceptanceRequired",
        json!(true),
        "L0507 acceptanceRequired",
    );
    let problems = parse(&put(valid(), "/teams/0/maxPlayer", json!(4)).to_string()).problems;
    assert_eq!(
        problems[0].hint.as_deref(),
        Some("Did you mean `maxPlayers`?")
    );
}

#[test]
fn unknown_words_are_errors() {
    check_put(
        "/playerAttributes/2/type",
        json!("text"),
        "L0508 playerAttributes[2].type",
    );
    check_put(
        "/algorithm/expansionAgeSelection",
        json!("latest"),
        "L0508 algorithm.expansionAgeSelection",
    );
    check_put(
        "/algorithm/backfillPriority",
        json!("urgent"),
        "L0508 algorithm.backfillPriority",
    );
    check_put(
        "/rules/0/partyAggregation",
        json!("union"),
        "L0508 rules[0].partyAggregation",
    );
    check_put(
        "/rules/1/operation",
        json!("not_contains"),
        "L0508 rules[1].operation",
    );
    check_put("/rules/5/mapKey", json!("max"), "L0508 rules[5].mapKey");
}

#[test]
fn numbers_out_of_range_are_errors() {
    check_put("/teams/0/maxPlayers", json!(0), "L0509 teams[0].maxPlayers");
    check_put("/teams/1/quantity", json!(0), "L0509 teams[1].quantity");
    check_put(
        "/teams/0/minPlayers",
        json!(-1),
        "L0509 teams[0].minPlayers",
    );
    check_put(
        "/rules/0/maxDistance",
        json!(-1),
        "L0509 rules[0].maxDistance",
    );
    check_put(
        "/expansions/0/steps/0/value",
        json!(-1),
        "L0509 expansions[0].steps[0].value",
    );
}

#[test]
fn only_version_1_0_exists() {
    check_put(
        "/ruleLanguageVersion",
        json!("1.1"),
        "L0510 ruleLanguageVersion",
    );
}

#[test]
fn a_rule_set_needs_a_team() {
    check(put(large(), "/teams", json!([])), &["L0511 teams"]);
    check(without(large(), "/teams"), &["L0511 teams"]);
}

#[test]
fn names_are_unique() {
    check_put("/rules/5/name", json!("Fair"), "L0512 rules[5].name");
    let twice = json!({"name": "skill", "type": "number", "default": 1});
    check_put(
        "/playerAttributes/-",
        twice,
        "L0512 playerAttributes[4].name",
    );
}

#[test]
fn a_minimum_stays_below_its_maximum() {
    check_put("/teams/0/minPlayers", json!(5), "L0513 teams[0].minPlayers");
    check_put(
        "/rules/0/minDistance",
        json!(11),
        "L0513 rules[0].minDistance",
    );
    check_put("/rules/1/maxCount", json!(0), "L0513 rules[1].minCount");
}

#[test]
fn a_match_holds_200_players() {
    check(put(large(), "/teams/0/maxPlayers", json!(200)), &[]);
    check(
        put(large(), "/teams/0/maxPlayers", json!(201)),
        &["L0514 teams"],
    );
    check(
        put(large(), "/teams/0/quantity", json!(4)),
        &["L0514 teams"],
    );
    check(
        put(large(), "/teams/0/quantity", json!(2_000_000_000)),
        &["L0514 teams"],
    );
}

#[test]
fn there_is_no_average_rule() {
    check_put("/rules/4/type", json!("average"), "L0515 rules[4].type");
}

#[test]
fn unknown_attributes_are_errors() {
    check_put(
        "/algorithm/sortByAttributes",
        json!(["skill", "rank"]),
        "L0516 algorithm.sortByAttributes[1]",
    );
    check_put(
        "/rules/0/measurements",
        json!(["avg(teams[red].players.attributes[skil])"]),
        "L0516 rules[0].measurements[0]",
    );
    check_rule(
        json!({"name": "S", "type": "distanceSort", "sortDirection": "ascending", "sortAttribute": "rank"}),
        &["L0516 rules[7].sortAttribute"],
    );
}

#[test]
fn unknown_teams_are_errors() {
    let counts = |team: &str| {
        json!({"name": "Count", "type": "comparison", "operation": "=",
               "measurements": "count(teams[red].players)", "referenceValue": format!("count(teams[{team}].players)")})
    };
    check_rule(counts("green"), &["L0517 rules[7].referenceValue"]);
    check_rule(counts("blue"), &[]);
    check_rule(counts("blue_2"), &[]);
    check_rule(counts("blue_3"), &["L0517 rules[7].referenceValue"]);
    check_rule(counts("red_1"), &["L0517 rules[7].referenceValue"]);
}

#[test]
fn sorted_needs_attributes() {
    check(
        without(valid(), "/algorithm/sortByAttributes"),
        &["L0518 algorithm.batchingPreference"],
    );
}

#[test]
fn balanced_needs_a_declared_number() {
    let path = "L0519 algorithm.balancedAttribute";
    let attribute = json!([{"name": "skill", "type": "string", "default": "a"}]);
    check(put(large(), "/playerAttributes", attribute), &[path]);
    check(
        put(large(), "/algorithm/balancedAttribute", json!("rank")),
        &[path, "L0531 playerAttributes[0]"],
    );
    check(
        without(large(), "/algorithm/balancedAttribute"),
        &[path, "L0531 playerAttributes[0]"],
    );
}

#[test]
fn a_large_match_needs_balanced() {
    let body = put(
        large(),
        "/algorithm",
        json!({"strategy": "exhaustiveSearch"}),
    );
    check(
        body,
        &["L0520 algorithm.strategy", "L0531 playerAttributes[0]"],
    );
}

#[test]
fn a_large_match_has_latency_and_batch_distance_only() {
    let rule = json!({"name": "Fair", "type": "distance", "maxDistance": 1, "referenceValue": 1,
                      "measurements": ["avg(teams[all].players.attributes[skill])"]});
    check(put(large(), "/rules/-", rule), &["L0521 rules[1].type"]);
    let rule = json!({"name": "Batch", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 5});
    check(put(large(), "/rules/-", rule), &[]);
    let rule =
        json!({"name": "N", "type": "latency", "maxDistance": 5, "distanceReference": "min"});
    check(
        put(large(), "/rules/-", rule),
        &["L0521 rules[1].maxDistance"],
    );
}

#[test]
fn an_ordering_needs_a_reference() {
    check_put("/rules/2/operation", json!("<"), "L0522 rules[2].operation");
    check_put(
        "/rules/1/operation",
        json!("contains"),
        "L0522 rules[1].operation",
    );
}

#[test]
fn settings_may_conflict() {
    check_put(
        "/rules/3/minDistance",
        json!(1),
        "L0523 rules[3].minDistance",
    );
    check_put(
        "/rules/4/distanceReference",
        json!("avg"),
        "L0523 rules[4].distanceReference",
    );
    let body = put(large(), "/algorithm/batchingPreference", json!("random"));
    check(body, &["L0523 algorithm.batchingPreference"]);
}

#[test]
fn expressions_must_parse() {
    let measurements = json!(["avg(teams[red].players.attributes[skill]"]);
    check(
        put(valid(), "/rules/0/measurements", measurements),
        &["L0524 rules[0].measurements[0]"],
    );
    check_put(
        "/rules/0/referenceValue",
        json!("skill"),
        "L0524 rules[0].referenceValue",
    );
    check_put(
        "/rules/2/referenceValue",
        json!("count(team[red])"),
        "L0524 rules[2].referenceValue",
    );
    check(
        put(valid(), "/rules/2/referenceValue", json!("desert")),
        &[],
    );
}

#[test]
fn statements_must_parse() {
    check_put(
        "/rules/6/statement",
        json!("Fair and Same"),
        "L0525 rules[6].statement",
    );
}

#[test]
fn a_compound_looks_back() {
    check_put(
        "/rules/6/statement",
        json!("not(Unfair)"),
        "L0526 rules[6].statement",
    );
    check_put(
        "/rules/6/statement",
        json!("and(Fair, Either)"),
        "L0526 rules[6].statement",
    );
    check_put(
        "/rules/6/statement",
        json!("and(Fair, Batch)"),
        "L0526 rules[6].statement",
    );
}

#[test]
fn expansion_targets_must_parse() {
    check_put(
        "/expansions/0/target",
        json!("algorithm.strategy"),
        "L0527 expansions[0].target",
    );
}

#[test]
fn expansion_targets_must_exist() {
    let target = "L0528 expansions[0].target";
    check_put(
        "/expansions/0/target",
        json!("rules[Far].maxLatency"),
        target,
    );
    check_put(
        "/expansions/0/target",
        json!("rules[Near].minCount"),
        target,
    );
    check_put(
        "/expansions/0/target",
        json!("rules[Either].statement"),
        target,
    );
    check_put(
        "/expansions/0/target",
        json!("teams[green].maxPlayers"),
        target,
    );
    check_put("/expansions/0/target", json!("teams[red].quantity"), target);
}

#[test]
fn expansion_steps_increase() {
    let steps = json!([{"waitTimeSeconds": 5, "value": 1}, {"waitTimeSeconds": 5, "value": 2}]);
    check_put(
        "/expansions/0/steps",
        steps,
        "L0529 expansions[0].steps[1].waitTimeSeconds",
    );
    check_put(
        "/expansions/0/steps",
        json!([]),
        "L0529 expansions[0].steps",
    );
}

#[test]
fn an_attribute_without_default_is_a_warning() {
    check(
        without(valid(), "/playerAttributes/0/default"),
        &["L0530 playerAttributes[0]"],
    );
    check_put(
        "/playerAttributes/2/default",
        json!(""),
        "L0530 playerAttributes[2]",
    );
}

#[test]
fn an_unused_attribute_is_a_warning() {
    let attribute = json!({"name": "level", "type": "number", "default": 1});
    check_put(
        "/playerAttributes/-",
        attribute,
        "L0531 playerAttributes[4]",
    );
}

#[test]
fn balanced_in_a_small_match_is_a_warning() {
    check(
        put(large(), "/teams/0/maxPlayers", json!(40)),
        &["L0532 algorithm.strategy"],
    );
}

#[test]
fn a_rule_without_bound_is_a_warning() {
    check_rule(json!({"name": "L", "type": "latency"}), &["L0533 rules[7]"]);
    check(without(valid(), "/rules/1/minCount"), &["L0533 rules[1]"]);
    check(
        without(valid(), "/rules/3/maxDistance"),
        &["L0533 rules[3]"],
    );
    check(
        without(valid(), "/rules/0/maxDistance"),
        &["L0533 rules[0]"],
    );
}

#[test]
fn settings_without_effect_are_warnings() {
    check_put(
        "/algorithm/batchingPreference",
        json!("random"),
        "L0534 algorithm.sortByAttributes",
    );
    check_put(
        "/algorithm/balancedAttribute",
        json!("skill"),
        "L0534 algorithm.balancedAttribute",
    );
    check_put(
        "/rules/1/referenceValue",
        json!("any"),
        "L0534 rules[1].referenceValue",
    );
    let rule =
        json!({"name": "Map", "type": "batchDistance", "batchAttribute": "map", "maxDistance": 1});
    check_rule(rule, &["L0534 rules[7].maxDistance"]);
    let rule = json!({"name": "S", "type": "distanceSort", "sortDirection": "ascending", "sortAttribute": "skill",
                      "mapKey": "minValue"});
    check_rule(rule, &["L0534 rules[7].mapKey"]);
}

#[test]
fn undocumented_uses_are_warnings() {
    check_put(
        "/rules/6/statement",
        json!("and(Fair, Same, Modes)"),
        "L0535 rules[6].statement",
    );
    check_put(
        "/rules/6/statement",
        json!("not(Taste)"),
        "L0535 rules[6].statement",
    );
    check_put("/teams/0/minPlayers", json!(0), "L0535 teams[0].minPlayers");
    check_put(
        "/rules/3/batchAttribute",
        json!("rank"),
        "L0535 rules[3].batchAttribute",
    );
    check_rule(
        json!({"name": "L", "type": "latency", "maxDistance": 5}),
        &["L0535 rules[7].maxDistance"],
    );
    let again = json!({"target": "rules[Near].maxLatency", "steps": [{"waitTimeSeconds": 20, "value": 300}]});
    check_put("/expansions/-", again, "L0535 expansions[2].target");
}

#[test]
fn a_step_that_crosses_sizes_is_a_warning() {
    check_put(
        "/expansions/1",
        json!({"target": "teams[red].minPlayers", "steps": [{"waitTimeSeconds": 1, "value": 5}]}),
        "L0536 expansions[1].steps[0].value",
    );
}

#[test]
fn one_mistake_is_reported_once() {
    // The broken rule is still known by name: neither the compound nor the expansion complains.
    check_put(
        "/rules/0/maxDistance",
        json!([]),
        "L0505 rules[0].maxDistance",
    );
    check_put(
        "/rules/4/maxLatency",
        json!({}),
        "L0505 rules[4].maxLatency",
    );
}

#[test]
fn a_problem_of_a_whole_item_points_at_its_name() {
    let text = "{\n \"ruleLanguageVersion\": \"1.0\",\n \"teams\": [{\n  \"name\": \"red\", \"minPlayers\": 1}]}";
    let problems = parse(text).problems;
    assert_eq!(
        (problems[0].line, problems[0].column, problems[0].length),
        (4, 11, 5)
    );
}

#[test]
fn all_problems_are_found_in_the_order_of_the_text() {
    let body = put(
        put(valid(), "/rules/4/type", json!("x")),
        "/teams/0/minPlayers",
        json!(9),
    );
    assert_eq!(
        found(&body.to_string()),
        ["L0515 rules[4].type", "L0513 teams[0].minPlayers"]
    );
}

#[test]
fn every_code_has_a_test() {
    let tests = include_str!("checks.rs");
    for code in code::ALL.iter().filter(|code| **code != code::SYNTAX) {
        assert!(tests.contains(&format!("\"{code}")), "{code}");
    }
}

/// Appends one rule that measures an expression, and expects that problem or none.
#[track_caller]
fn check_type(rule_type: &str, expression: &str, expected: &[&str]) {
    let rule = match rule_type {
        "distance" => {
            json!({"name": "X", "type": "distance", "measurements": [expression], "referenceValue": 1, "maxDistance": 1})
        }
        "comparison" => {
            json!({"name": "X", "type": "comparison", "operation": "=", "measurements": [expression]})
        }
        "order" => {
            json!({"name": "X", "type": "comparison", "operation": ">", "referenceValue": 1, "measurements": [expression]})
        }
        _ => {
            json!({"name": "X", "type": "collection", "operation": "intersection", "minCount": 1, "measurements": [expression]})
        }
    };
    let expected: Vec<String> = expected
        .iter()
        .map(|code| format!("{code} rules[7].measurements[0]"))
        .collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check_rule(rule, &expected);
}

#[test]
fn expressions_have_the_type_that_function_and_rule_take() {
    for (rule_type, expression) in [
        ("distance", "teams[red].players.attributes[skill]"),
        ("distance", "max(avg(teams[*].players.attributes[skill]))"),
        ("distance", "max(count(teams[*].players))"),
        ("order", "count(teams[red].players)"),
        ("order", "count(teams[*])"),
        ("comparison", "flatten(teams[*].players.attributes[map])"),
        ("comparison", "teams[red,blue].players[playerId]"),
        (
            "collection",
            "set_intersection(flatten(teams[*].players.attributes[modes]))",
        ),
    ] {
        check_type(rule_type, expression, &[]);
    }
}

#[test]
fn numeric_functions_of_strings_and_single_values_are_errors() {
    for (rule_type, expression) in [
        ("comparison", "avg(teams[red].players.attributes[map])"),
        ("distance", "teams[red].players.attributes[map]"),
        ("distance", "teams[red].players"),
        ("distance", "max(max(teams[red].players.attributes[skill]))"),
        ("comparison", "count(teams[red])"),
        ("comparison", "teams[red].players"),
        ("order", "teams[red].players.attributes[map]"),
        ("collection", "teams[red].players.attributes[skill]"),
        (
            "collection",
            "set_intersection(teams[*].players.attributes[skill])",
        ),
        (
            "comparison",
            "flatten(max(teams[red].players.attributes[skill]))",
        ),
    ] {
        check_type(rule_type, expression, &["L0537"]);
    }
}

#[test]
fn flattening_a_flat_list_is_undocumented() {
    check_type(
        "comparison",
        "flatten(teams[red].players.attributes[skill])",
        &["L0535"],
    );
}
