//! Problems as SARIF 2.1.0, which code-scanning services and editors read.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::ops::compile::{Compiler, Diagnostic, Explanation, Place, Severity};

/// The rule of findings that carry no code: what is wrong with a generated template.
const TEMPLATE_RULE: &str = "template";

/// A log of one run.
pub(super) fn log(found: &[Diagnostic], compiler: &dyn Compiler) -> Value {
    let rules: BTreeMap<&str, Value> = found
        .iter()
        .map(rule_of)
        .map(|code| (code, rule(code, compiler.explain(code))))
        .collect();
    let places: BTreeMap<&str, usize> = rules
        .keys()
        .enumerate()
        .map(|(place, code)| (*code, place))
        .collect();
    let results: Vec<Value> = found
        .iter()
        .map(|diagnostic| result(diagnostic, places[rule_of(diagnostic)]))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "liftform",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule_of(diagnostic: &Diagnostic) -> &str {
    diagnostic.code.as_deref().unwrap_or(TEMPLATE_RULE)
}

fn rule(code: &str, explanation: Option<Explanation>) -> Value {
    match explanation {
        None => json!({ "id": code }),
        Some(explanation) => json!({
            "id": code,
            "shortDescription": { "text": explanation.title },
            "fullDescription": { "text": explanation.text },
            "help": { "text": format!("{}\n\nliftform explain {code}", explanation.text) },
        }),
    }
}

fn result(diagnostic: &Diagnostic, rule: usize) -> Value {
    let hint = diagnostic.hint.as_ref();
    let text = match hint {
        Some(hint) => format!("{} {hint}", sentence(&diagnostic.message)),
        None => diagnostic.message.clone(),
    };
    json!({
        "ruleId": rule_of(diagnostic),
        "ruleIndex": rule,
        "level": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": { "text": text },
        "locations": [location(&diagnostic.place)],
    })
}

fn sentence(message: &str) -> String {
    if message.ends_with('.') {
        message.to_owned()
    } else {
        format!("{message}.")
    }
}

fn location(place: &Place) -> Value {
    let physical = |file: &str, line: &u32, column: &u32| {
        json!({
            "artifactLocation": artifact(file),
            "region": { "startLine": line, "startColumn": column },
        })
    };
    match place {
        Place::File { file, line, column } => {
            json!({ "physicalLocation": physical(file, line, column) })
        }
        Place::Topology { file } => {
            json!({ "physicalLocation": { "artifactLocation": artifact(file) } })
        }
        Place::Template {
            stack,
            region,
            path,
            made_by,
        } => {
            let mut location = json!({ "logicalLocations": [{
                "fullyQualifiedName": format!("{region}/{stack}/{path}"),
                "kind": "member",
            }] });
            if let Some(made_by) = made_by.as_ref().filter(|made_by| !made_by.file.is_empty()) {
                location["physicalLocation"] =
                    physical(&made_by.file, &made_by.line, &made_by.column);
            }
            location
        }
    }
}

/// Relative paths are below the repository's root for those who read the log.
fn artifact(file: &str) -> Value {
    let path = file.strip_prefix("./").unwrap_or(file).replace('\\', "/");
    let uri: String = path
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    if path.starts_with('/') {
        json!({ "uri": format!("file://{uri}") })
    } else {
        json!({ "uri": uri, "uriBaseId": "%SRCROOT%" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::pipeline::Pipeline;

    fn diagnostic(code: Option<&str>, place: Place) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: code.map(str::to_owned),
            message: "unknown key `hom`".to_owned(),
            place,
            hint: Some("Did you mean `home`?".to_owned()),
            drawing: String::new(),
        }
    }

    fn file(name: &str) -> Place {
        Place::File {
            file: name.to_owned(),
            line: 2,
            column: 1,
        }
    }

    #[test]
    fn result_points_to_its_rule_and_line() {
        let found = [
            diagnostic(None, file("a b.yaml")),
            diagnostic(Some("L0102"), file("./stacks/game.yaml")),
        ];
        let log = log(&found, &Pipeline);
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[rule]["id"], result["ruleId"]);
        }
        let place = &run["results"][1]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "stacks/game.yaml");
        assert_eq!(place["region"]["startLine"], 2);
        let place = &run["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b.yaml");
    }

    #[test]
    fn message_ends_with_the_hint() {
        let log = log(&[diagnostic(None, file("game.yaml"))], &Pipeline);
        assert_eq!(
            log["runs"][0]["results"][0]["message"]["text"],
            "unknown key `hom`. Did you mean `home`?"
        );
    }

    #[test]
    fn finding_in_a_template_has_a_logical_place() {
        let place = Place::Template {
            stack: "game".to_owned(),
            region: "eu-west-1".to_owned(),
            path: "Resources/Queue".to_owned(),
            made_by: None,
        };
        assert_eq!(
            location(&place)["logicalLocations"][0]["fullyQualifiedName"],
            "eu-west-1/game/Resources/Queue"
        );
    }
}
