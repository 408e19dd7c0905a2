//! Rule sets made from templates: liftform's own, or the project's.
//!
//! A template's first line is a comment with a JSON object: `required` lists the parameters it needs, `defaults`
//! gives the others their values. Parameters beyond these are refused.

use std::io::ErrorKind;

use serde_json::{Map, Value};

use crate::documents::{self, DocumentError};
use crate::sources::Sources;

/// The templates that come with liftform.
const BUILT_IN: [(&str, &str); 1] = [(
    "teams",
    include_str!("../../../templates/rule-sets/teams.json.hbs"),
)];

/// Why a rule set couldn't be made.
#[derive(Debug)]
pub(crate) enum TemplateProblem {
    Unknown,
    Unreadable(std::io::Error),
    NoHead(String),
    UnknownParameter { name: String, known: Vec<String> },
    MissingParameter(String),
    Failed(DocumentError),
}

/// Makes a rule set's body. The project's template wins over one of liftform's with the same name.
pub(crate) fn rule_set(
    name: &str,
    with: &Map<String, Value>,
    sources: &dyn Sources,
) -> Result<Value, Vec<TemplateProblem>> {
    let path = path(name);
    let own = match sources.read(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(vec![TemplateProblem::Unreadable(error)]),
    };
    let built_in = || {
        BUILT_IN
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| (*text).to_owned())
    };
    let Some(text) = own.or_else(built_in) else {
        return Err(vec![TemplateProblem::Unknown]);
    };
    let values = parameters(&text, with)?;
    documents::render(&path, &text, &Value::Object(values))
        .map_err(|error| vec![TemplateProblem::Failed(error)])
}

/// Where a project's own template stands, relative to the topology file.
pub(crate) fn path(name: &str) -> String {
    format!("templates/rule-sets/{name}.json.hbs")
}

/// Names of the templates that come with liftform.
pub(crate) fn built_in() -> impl Iterator<Item = &'static str> + Clone {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The parameters given, with the template's defaults; or everything that is wrong with them.
fn parameters(
    text: &str,
    with: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<TemplateProblem>> {
    let head = head(text).map_err(|reason| vec![TemplateProblem::NoHead(reason)])?;
    let required: Vec<String> = match head.get("required") {
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    let mut values = match head.get("defaults") {
        Some(Value::Object(defaults)) => defaults.clone(),
        _ => Map::new(),
    };
    let known: Vec<String> = required
        .iter()
        .cloned()
        .chain(values.keys().cloned())
        .collect();
    let unknown = with.keys().filter(|name| !known.contains(name));
    let mut problems: Vec<_> = unknown
        .map(|name| TemplateProblem::UnknownParameter {
            name: name.clone(),
            known: known.clone(),
        })
        .collect();
    let missing = required.into_iter().filter(|name| !with.contains_key(name));
    problems.extend(missing.map(TemplateProblem::MissingParameter));
    if !problems.is_empty() {
        return Err(problems);
    }
    values.extend(with.clone());
    Ok(values)
}

fn head(text: &str) -> Result<Map<String, Value>, String> {
    let comment = text
        .trim_start()
        .strip_prefix("{{!--")
        .and_then(|rest| rest.split_once("--}}"));
    let Some((json, _)) = comment else {
        return Err("the template doesn't start with a comment `{{!-- {\"required\": [], \"defaults\": {}} --}}`".to_owned());
    };
    serde_json::from_str(json)
        .map_err(|error| format!("the template's head is not a JSON object: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sources::Memory;

    fn made(with: Value) -> Value {
        let Value::Object(with) = with else {
            panic!("parameters are an object")
        };
        rule_set("teams", &with, &Memory::default()).unwrap()
    }

    #[test]
    fn teams_of_equal_size() {
        let body = made(json!({ "team_size": 5 }));
        assert_eq!(
            body["teams"],
            json!([{ "name": "team", "minPlayers": 5, "maxPlayers": 5, "quantity": 2 }])
        );
        assert_eq!(body["rules"], json!([]));
        assert!(body.get("expansions").is_none() && body.get("playerAttributes").is_none());
    }

    #[test]
    fn latency_loosens_in_steps() {
        let steps = json!([{ "after": "0s", "is": "50ms" }, { "after": "20s", "is": "120ms" }, { "after": "1m", "is": "200ms" }]);
        let body = made(json!({ "team_size": 5, "max_latency": steps }));
        assert_eq!(
            body["rules"],
            json!([{ "name": "FastConnection", "type": "latency", "maxLatency": 50 }])
        );
        let expected = json!([{ "target": "rules[FastConnection].maxLatency", "steps": [
            { "waitTimeSeconds": 20, "value": 120 }, { "waitTimeSeconds": 60, "value": 200 }] }]);
        assert_eq!(body["expansions"], expected);
    }

    #[test]
    fn single_latency_needs_no_expansion() {
        let body =
            made(json!({ "team_size": 5, "max_latency": [{ "after": "0s", "is": "50ms" }] }));
        assert_eq!(body["rules"][0]["maxLatency"], 50);
        assert!(body.get("expansions").is_none());
    }

    #[test]
    fn skill_distance_declares_its_attribute() {
        let body = made(
            json!({ "team_size": 5, "skill_distance": 10, "max_latency": [{ "after": "0s", "is": "50ms" }] }),
        );
        assert_eq!(body["playerAttributes"][0]["name"], "skill");
        assert_eq!(body["rules"][0]["maxDistance"], 10);
        assert_eq!(body["rules"][1]["maxLatency"], 50);
    }

    #[test]
    fn project_template_wins() {
        let sources = Memory::default().with(
            &path("teams"),
            "{{!-- {\"required\": [\"a\"]} --}}\n{\"a\": {{json a}}}",
        );
        let Value::Object(with) = json!({ "a": 1 }) else {
            unreachable!()
        };
        assert_eq!(
            rule_set("teams", &with, &sources).unwrap(),
            json!({ "a": 1 })
        );
    }

    #[test]
    fn parameters_are_checked_against_the_head() {
        let Value::Object(with) = json!({ "team_sise": 5 }) else {
            unreachable!()
        };
        let problems = rule_set("teams", &with, &Memory::default()).unwrap_err();
        assert!(matches!(
            problems.as_slice(),
            [
                TemplateProblem::UnknownParameter { .. },
                TemplateProblem::MissingParameter(_)
            ]
        ));
    }
}
