//! Every code has an example with its problem and a fix without it.

use std::collections::BTreeMap;

use topology::sources::Memory;
use topology::{check_all, codes, examples};

/// Not shown by a part of a file: bytes, sizes, arguments of the command line.
const NOT_SHOWN: [&str; 4] = ["L0101", "L0106", "L0301", "L0305"];
/// Shown by a file as a whole.
const WHOLE: [&str; 2] = ["L0104", "L0105"];

/// The sections of a text in order, each with its lines. A section that comes twice stays twice.
fn sections(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match found.last_mut() {
            Some((_, lines)) if line.starts_with(' ') => *lines += &format!("{line}\n"),
            _ => {
                let key = line.split(':').next().unwrap_or_default().to_owned();
                found.push((key, format!("{line}\n")));
            }
        }
    }
    found
}

/// The example with everything that it leaves out.
fn completed(code: &str, example: &str) -> String {
    if WHOLE.contains(&code) {
        return example.to_owned();
    }
    let own = sections(example);
    let named: BTreeMap<_, _> = own.iter().cloned().collect();
    let kept = sections(examples::BASE)
        .into_iter()
        .filter(|(key, _)| !named.contains_key(key));
    kept.chain(own).map(|(_, lines)| lines).collect()
}

fn found(code: &str, example: &str) -> Vec<String> {
    let text = completed(code, example);
    let problems = match topology::parse("game.yaml", &text) {
        Ok(document) => check_all(&document, &Memory::default()),
        Err(problems) => problems,
    };
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn base_of_the_examples_is_clean() {
    assert_eq!(found("", ""), [""; 0]);
}

#[test]
fn each_example_has_its_problem() {
    let mut wrong = String::new();
    for known in codes::ALL {
        let code = known.code.as_str();
        let (example, _) = examples::of(code);
        let found = found(code, example);
        let has = found.iter().any(|problem| problem.contains(code));
        if has == NOT_SHOWN.contains(&code) || example.is_empty() != NOT_SHOWN.contains(&code) {
            wrong += &format!("{code}: {found:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_fix_is_clean() {
    let mut wrong = String::new();
    for known in codes::ALL {
        let code = known.code.as_str();
        let (_, fix) = examples::of(code);
        let found = found(code, fix);
        if !fix.is_empty() && !WHOLE.contains(&code) && !found.is_empty() {
            wrong += &format!("{code}: {found:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What is wrong with a rule set, by code.
fn of_rule_set(text: &str) -> Vec<&'static str> {
    let problems = topology::rule_set_problems("duel.json", text);
    problems
        .iter()
        .map(|problem| problem.code.as_str())
        .collect()
}

#[test]
fn each_example_of_a_rule_set_has_its_problem_and_each_fix_has_none() {
    let mut wrong = String::new();
    for code in codes::rule_set_codes() {
        let (example, fix) = examples::of_rule_set(code);
        // The one about a body of more than 65,535 characters.
        let shown = code != "L0504";
        if example.is_empty() == shown || of_rule_set(example).contains(&code) != shown {
            wrong += &format!("{code}: example {:?}\n", of_rule_set(example));
        }
        if shown && !of_rule_set(fix).is_empty() {
            wrong += &format!("{code}: fix {:?}\n", of_rule_set(fix));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
