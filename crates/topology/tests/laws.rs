//! Laws: no text panics, the order of keys means nothing, resolving twice gives the same.

use std::collections::BTreeMap;

use proptest::prelude::*;
use topology::{check_all, parse_bytes, resolve};

mod support;
use support::{SKIRMISH, files, resolved};

/// Reads, checks and draws; the result doesn't matter.
fn exercise(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let problems = match parse_bytes("a.yaml", bytes) {
        Ok(document) => check_all(&document, &files()),
        Err(problems) => {
            assert!(!problems.is_empty());
            problems
        }
    };
    for problem in &problems {
        assert!(
            problem.file != "a.yaml" || (problem.span.line > 0 && problem.span.column > 0),
            "{problem:?}"
        );
        assert!(!problem.render(&text).is_empty());
    }
}

/// The example's lines in blocks that may change places: sections, and the lines of `tables`-like maps stay together.
fn sections() -> Vec<String> {
    let mut sections: Vec<String> = Vec::new();
    for line in SKIRMISH.lines() {
        let starts = !line.starts_with([' ', '#']) && !line.is_empty();
        match sections.last_mut() {
            Some(section) if !starts => {
                section.push_str(line);
                section.push('\n');
            }
            _ => sections.push(format!("{line}\n")),
        }
    }
    sections
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_a_document_or_problems(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        exercise(&bytes);
    }

    #[test]
    fn any_yaml_like_text_gives_a_document_or_problems(text in "([a-c]: |- |\\[|\\]|\\{|\\}|\n|  |\"|'|&a|\\*a|!|#|\\||>|,|\\?|é){0,80}") {
        exercise(text.as_bytes());
    }

    #[test]
    fn damaged_example_gives_problems_not_panics(at in 0..SKIRMISH.len(), cut in 0..40_usize, put in "[ -~]{0,6}") {
        let mut bytes = SKIRMISH.as_bytes().to_vec();
        bytes.splice(at..(at + cut).min(SKIRMISH.len()), put.bytes());
        exercise(&bytes);
    }

    #[test]
    fn order_of_sections_means_nothing(order in Just(sections()).prop_shuffle()) {
        let mut shuffled = resolved(&order.concat(), "prod", &[]).environment;
        let mut original = resolved(SKIRMISH, "prod", &[]).environment;
        prop_assert_eq!(shuffled.provenance.len(), original.provenance.len());
        shuffled.provenance = BTreeMap::new();
        original.provenance = BTreeMap::new();
        prop_assert_eq!(shuffled, original);
    }
}

#[test]
fn resolving_twice_gives_the_same() {
    let document = topology::parse("skirmish.yaml", SKIRMISH).unwrap();
    let first = resolve(&document, "prod", &[], &files()).unwrap();
    let second = resolve(&document, "prod", &[], &files()).unwrap();
    assert_eq!(first.environment, second.environment);
}
