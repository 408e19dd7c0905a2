//! Laws: nothing that can be typed makes the reader panic, and every position lies in the text.

use flexmatch::{Parsed, parse};
use proptest::prelude::*;

const BODIES: [&str; 4] = [
    include_str!("rulesets/docs_ex10_compound.json"),
    include_str!("rulesets/docs_ex4_multi_map_game.json"),
    include_str!("rulesets/docs_ex8_large_monster_hunters.json"),
    include_str!("rulesets/invalid_comments_docs_ex1_aliens_vs_cowboys.json"),
];

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
        body in proptest::sample::select(&BODIES[..]),
        edits in proptest::collection::vec((any::<usize>(), 0_usize..12, proptest::sample::select(&PIECES[..])), 1..4),
    ) {
        let text = edits.iter().fold(body.to_owned(), |text, (place, removed, piece)| mutate(&text, *place, *removed, piece));
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
