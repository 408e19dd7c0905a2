//! Every code has an explanation whose example has the problem, and whose fix has none.

use checks::{Options, check, codes};
use cloudformation::Template;

/// Codes whose problem lies outside of a template's text: a Region, a size, a text that can't be read.
const ELSEWHERE: [&str; 6] = ["L1022", "L1030", "L1031", "L1129", "L1130", "L1201"];

fn found(text: &str) -> Vec<String> {
    let template = Template::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let findings = check(&template, &Options::default());
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn each_example_has_its_problem_alone() {
    for explanation in codes::all().filter(|known| !ELSEWHERE.contains(&known.code)) {
        let found = found(explanation.example);
        let code = format!("[{}]", explanation.code);
        assert!(!found.is_empty(), "{}: nothing found", explanation.code);
        assert!(
            found.iter().all(|finding| finding.contains(&code)),
            "{}: {found:#?}",
            explanation.code
        );
    }
}

#[test]
fn each_fix_is_clean() {
    for explanation in codes::all().filter(|known| !known.fix.is_empty()) {
        assert_eq!(found(explanation.fix), [""; 0], "{}", explanation.code);
    }
}

#[test]
fn every_code_is_explained_once() {
    let mut codes: Vec<_> = codes::all().map(|known| known.code).collect();
    assert!(codes.is_sorted(), "{codes:?}");
    codes.dedup();
    assert_eq!(codes.len(), codes::all().count());
    for known in codes::all() {
        assert!(
            known.text.len() > 25 && !known.title.is_empty(),
            "{}",
            known.code
        );
        assert_eq!(
            codes::explain(&known.code.to_lowercase()).unwrap().code,
            known.code
        );
    }
}
