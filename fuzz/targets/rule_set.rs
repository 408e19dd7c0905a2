//! No text makes the reader of rule sets panic; every problem has a place in the text; the canonical form says the same.

#![no_main]

use flexmatch::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = parse(text);
    let lines = text.split('\n').count();
    for problem in &parsed.problems {
        let line = usize::try_from(problem.line).unwrap_or(usize::MAX);
        assert!((1..=lines).contains(&line), "{problem:?}");
        assert!(problem.column >= 1 && problem.length >= 1, "{problem:?}");
    }
    assert_eq!(parsed.rule_set.is_some(), !parsed.has_errors());
    for problem in &topology::rule_set_problems("a.json", text) {
        assert!(!problem.render(text).is_empty());
    }
    if let (Some(rule_set), Some(canonical)) = (parsed.rule_set, parsed.canonical) {
        let again = parse(&canonical.to_string());
        assert_eq!(again.rule_set, Some(rule_set), "{:?}", again.problems);
        assert_eq!(again.canonical, Some(canonical));
    }
});
