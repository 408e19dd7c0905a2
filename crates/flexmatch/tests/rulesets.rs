//! Every collected rule set against its expected verdict; `rulesets/SOURCES.md` says where each comes from.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; a missing file is a mistake in the test"
)]

use std::path::{Path, PathBuf};

use flexmatch::{Parsed, Severity, SizeClass, code, parse};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rulesets")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

fn parsed(name: &str) -> Parsed {
    parse(&read(name))
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    assert!(
        names.len() >= 33,
        "the collection shrank to {}",
        names.len()
    );
    names
}

fn is_invalid(name: &str) -> bool {
    name.starts_with("invalid_") && !name.starts_with("invalid_comments_")
}

#[track_caller]
fn check(name: &str, expected: &[&str]) {
    let found: Vec<&str> = parsed(name)
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| problem.code)
        .collect();
    assert_eq!(found, expected, "{name}");
}

#[test]
fn published_rule_sets_have_no_error() {
    for name in names().iter().filter(|name| !is_invalid(name)) {
        let parsed = parsed(name);
        assert!(!parsed.has_errors(), "{name}: {:#?}", parsed.problems);
        assert!(parsed.rule_set.is_some(), "{name}");
    }
}

#[test]
fn invalid_rule_sets_have_an_error_and_no_result() {
    for name in names().iter().filter(|name| is_invalid(name)) {
        let parsed = parsed(name);
        assert!(parsed.has_errors(), "{name}");
        assert!(parsed.rule_set.is_none(), "{name}");
    }
}

#[test]
fn commented_rule_sets_warn_of_comments_once() {
    for name in names()
        .iter()
        .filter(|name| name.starts_with("invalid_comments_"))
    {
        let comments = parsed(name)
            .problems
            .iter()
            .filter(|problem| problem.code == code::COMMENT)
            .count();
        assert_eq!(comments, 1, "{name}");
    }
}

#[test]
fn a_commented_body_has_the_canonical_form_of_the_plain_one() {
    let commented = parsed("invalid_comments_docs_ex1_aliens_vs_cowboys.json");
    let plain = parsed("docs_ex1_aliens_vs_cowboys.json");
    assert_eq!(commented.canonical, plain.canonical);
    assert_eq!(commented.rule_set, plain.rule_set);
}

#[test]
fn the_canonical_form_of_plain_json_is_that_json() {
    for name in names().iter().filter(|name| !name.starts_with("invalid_")) {
        let expected: serde_json::Value = serde_json::from_str(&read(name)).unwrap();
        assert_eq!(parsed(name).canonical, Some(expected), "{name}");
    }
}

#[test]
fn invalid_rule_sets_fail_for_their_own_reason() {
    check(
        "invalid_balancedattribute_not_declared.json",
        &[code::BALANCED_WITHOUT_NUMBER],
    );
    check(
        "invalid_batchdistance_rejects_mindistance.json",
        &[code::CONFLICTING_SETTINGS],
    );
    check(
        "invalid_compound_rejects_batchdistance.json",
        &[code::COMPOUND_OPERAND],
    );
    check("invalid_compound_to_unknown_rule.json", &[code::STATEMENT]);
    check(
        "invalid_duplicate_keys_docs2019_ex7.json",
        &[code::DUPLICATE_KEY; 2],
    );
    check("invalid_duplicate_team_name.json", &[code::DUPLICATE_NAME]);
    check(
        "invalid_expansion_bad_target.json",
        &[code::EXPANSION_TARGET],
    );
    check(
        "invalid_latency_distancereference_needs_maxdistance.json",
        &[code::CONFLICTING_SETTINGS],
    );
    check(
        "invalid_missing_rulelanguageversion.json",
        &[code::MISSING_PROPERTY],
    );
    check("invalid_no_teams.json", &[code::NO_TEAM]);
    check(
        "invalid_sorted_needs_sortbyattributes.json",
        &[code::SORTED_WITHOUT_ATTRIBUTES],
    );
    check(
        "invalid_team_minplayers_exceeds_maxplayers.json",
        &[code::MIN_EXCEEDS_MAX],
    );
    check("invalid_unknown_rule_type.json", &[code::UNKNOWN_RULE_TYPE]);
}

#[test]
fn sizes_and_expansions_are_summed_up() {
    let rule_set = parsed("docs_ex8_large_monster_hunters.json")
        .rule_set
        .unwrap();
    assert_eq!(rule_set.max_players(), 155);
    assert_eq!(rule_set.min_players(), 125);
    assert_eq!(rule_set.size_class(), SizeClass::Large);
    let rule_set = parsed("sample_radiantdire_classic_1.json")
        .rule_set
        .unwrap();
    assert_eq!(rule_set.longest_expansion(), Some(120));
    assert_eq!(rule_set.attributes().len(), 2);
    assert_eq!(
        parsed("docs_ex11_block_list.json")
            .rule_set
            .unwrap()
            .longest_expansion(),
        None
    );
}

#[test]
fn an_error_has_line_column_length_and_path() {
    let parsed = parsed("invalid_duplicate_keys_docs2019_ex7.json");
    let problem = &parsed
        .problems
        .iter()
        .find(|problem| problem.code == code::DUPLICATE_KEY)
        .unwrap();
    assert_eq!((problem.line, problem.column, problem.length), (30, 9, 8));
    assert_eq!(problem.path, "expansions[0].target");
    assert!(parsed.canonical.is_none());
}

/// Every rule set that is refused: line and column of its first error, and the path that this names.
const REFUSED: [(&str, (u32, u32), &str); 13] = [
    (
        "invalid_balancedattribute_not_declared.json",
        (2, 60),
        "algorithm.balancedAttribute",
    ),
    (
        "invalid_batchdistance_rejects_mindistance.json",
        (2, 89),
        "rules[0].minDistance",
    ),
    (
        "invalid_compound_rejects_batchdistance.json",
        (3, 56),
        "rules[1].statement",
    ),
    (
        "invalid_compound_to_unknown_rule.json",
        (2, 56),
        "rules[0].statement",
    ),
    (
        "invalid_duplicate_keys_docs2019_ex7.json",
        (30, 9),
        "expansions[0].target",
    ),
    ("invalid_duplicate_team_name.json", (2, 67), "teams[1].name"),
    (
        "invalid_expansion_bad_target.json",
        (2, 29),
        "expansions[0].target",
    ),
    (
        "invalid_latency_distancereference_needs_maxdistance.json",
        (2, 80),
        "rules[0].distanceReference",
    ),
    ("invalid_missing_rulelanguageversion.json", (1, 1), ""),
    ("invalid_no_teams.json", (1, 1), "teams"),
    (
        "invalid_sorted_needs_sortbyattributes.json",
        (1, 105),
        "algorithm.batchingPreference",
    ),
    (
        "invalid_team_minplayers_exceeds_maxplayers.json",
        (2, 39),
        "teams[0].minPlayers",
    ),
    ("invalid_unknown_rule_type.json", (2, 33), "rules[0].type"),
];

/// The first problem of a severity: where it is, and what it is about.
fn first(parsed: &Parsed, severity: Severity) -> ((u32, u32), &str) {
    let mut problems = parsed.problems.iter();
    let first = problems
        .find(|problem| problem.severity == severity)
        .unwrap();
    ((first.line, first.column), &first.path)
}

#[test]
fn errors_of_invalid_rule_sets_stand_at_their_place() {
    for (name, place, path) in REFUSED {
        assert_eq!(
            first(&parsed(name), Severity::Error),
            (place, path),
            "{name}"
        );
    }
}

#[test]
fn no_invalid_rule_set_lacks_a_place() {
    let invalid: Vec<String> = names()
        .into_iter()
        .filter(|name| is_invalid(name))
        .collect();
    assert_eq!(invalid, REFUSED.map(|(name, ..)| name));
}

#[test]
fn comments_are_told_at_the_first_of_them() {
    for (name, place) in [
        ("invalid_comments_docs_ex1_aliens_vs_cowboys.json", (22, 9)),
        ("invalid_comments_docs_ex4_multi_map_game.json", (31, 9)),
    ] {
        assert_eq!(first(&parsed(name), Severity::Warning).0, place, "{name}");
        let text = read(name);
        let line = text.lines().nth(place.0 as usize - 1).unwrap();
        assert!(line[place.1 as usize - 1..].starts_with("//"), "{line}");
    }
}
