//! Laws: nothing that can be typed makes the reader panic, and every position lies in the text.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; a missing file is a mistake in the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use flexmatch::{Parsed, parse};
use proptest::prelude::*;

const BODIES: [&str; 4] = [
    include_str!("rulesets/docs_ex10_compound.json"),
    include_str!("rulesets/docs_ex4_multi_map_game.json"),
    include_str!("rulesets/docs_ex8_large_monster_hunters.json"),
    include_str!("rulesets/invalid_comments_docs_ex1_aliens_vs_cowboys.json"),
];

/// Every collected rule set, valid or not.
fn collection() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rulesets");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 33, "{paths:?}");
    let text = |path: &PathBuf| fs::read_to_string(path).unwrap();
    paths.iter().map(text).collect()
}

/// Pieces that mean something to the language, so that a mutation gets past the JSON reader.
const PIECES: [&str; 20] = [
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "-1",
    "1e999",
    "null",
    "\"name\"",
    "\"type\": \"compound\",",
    "// ",
    "/*",
    "*/",
    "teams[",
    "avg(",
    "not(",
    "é",
    "\u{0}",
];

fn check(text: &str) -> Parsed {
    let parsed = parse(text);
    let lines = text.split('\n').count();
    for problem in &parsed.problems {
        assert!(
            (1..=lines).contains(&(problem.line as usize)),
            "{problem:?}"
        );
        assert!(problem.column >= 1 && problem.length >= 1, "{problem:?}");
    }
    assert_eq!(parsed.rule_set.is_some(), !parsed.has_errors());
    parsed
}

/// Replaces up to `removed` characters at a place by `inserted`.
fn mutate(body: &str, place: usize, removed: usize, inserted: &str) -> String {
    let length = body.chars().count();
    let start = place % (length + 1);
    let before: String = body.chars().take(start).collect();
    let after: String = body.chars().skip(start + removed).collect();
    format!("{before}{inserted}{after}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_mutation_is_read_without_panic(
        body in proptest::sample::select(collection()),
        edits in proptest::collection::vec((any::<usize>(), 0_usize..12, proptest::sample::select(&PIECES[..])), 1..4),
    ) {
        let text = edits.iter().fold(body, |text, (place, removed, piece)| mutate(&text, *place, *removed, piece));
        let _ = check(&text);
    }

    #[test]
    fn reading_the_canonical_form_again_gives_the_same_rule_set(body in proptest::sample::select(&BODIES[..])) {
        let first = parse(body);
        let second = parse(&first.canonical.as_ref().map(ToString::to_string).unwrap_or_default());
        prop_assert_eq!(first.rule_set, second.rule_set);
        prop_assert_eq!(first.canonical, second.canonical);
    }
}

#[test]
fn no_rule_set_of_the_collection_panics_without_any_of_its_words() {
    let is_word = |letter: char| letter.is_alphanumeric() || "_.*[]-".contains(letter);
    for body in collection() {
        let mut rest = body.as_str();
        while let Some(start) = rest.find(is_word) {
            let before = &body[..body.len() - rest.len() + start];
            let word = &rest[start..];
            rest = word.trim_start_matches(is_word);
            let _ = check(&format!("{before}{rest}"));
        }
    }
}

#[test]
fn text_cut_at_any_place_is_read_without_panic() {
    for body in BODIES {
        for (place, _) in body.char_indices() {
            let _ = check(&body[..place]);
        }
    }
}

#[test]
fn endless_nesting_is_refused() {
    for open in ["[", "{\"a\":", "[{\"a\":"] {
        assert!(check(&open.repeat(100_000)).has_errors());
    }
}
