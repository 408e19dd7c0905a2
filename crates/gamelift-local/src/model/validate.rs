//! Checks a request against its operation's input shape.
//!
//! Names every member that is missing or out of bounds, in one refusal. What holds between members, or between
//! a member and what exists, is the operation's own matter.

use serde_json::{Map, Value};

use super::{Model, Shape, ShapeKind};
use crate::error::{Answer, ApiError};

impl Model {
    /// Refuses `input` unless it has the operation's shape.
    pub(crate) fn validate(&self, operation: &str, input: &Map<String, Value>) -> Answer<()> {
        let Some(shape) = self.input(operation) else {
            return Ok(());
        };
        let mut checker = Checker {
            model: self,
            problems: Vec::new(),
        };
        checker.structure(shape, input, "");
        if checker.problems.is_empty() {
            return Ok(());
        }
        let count = checker.problems.len();
        let noun = if count == 1 { "error" } else { "errors" };
        Err(ApiError::invalid(format!(
            "{count} validation {noun} detected: {}",
            checker.problems.join("; ")
        )))
    }
}

struct Checker<'a> {
    model: &'a Model,
    problems: Vec<String>,
}

impl Checker<'_> {
    fn structure(&mut self, shape: &Shape, members: &Map<String, Value>, path: &str) {
        for required in &shape.required {
            if members.get(required).is_none_or(Value::is_null) {
                self.problems
                    .push(format!("`{}` is required", join(path, required)));
            }
        }
        for (name, value) in members {
            let member = shape
                .members
                .get(name)
                .and_then(|member| self.model.shape(member));
            if let Some(member) = member.filter(|_| !value.is_null()) {
                self.value(member, value, &join(path, name));
            }
        }
    }

    fn value(&mut self, shape: &Shape, value: &Value, path: &str) {
        match (shape.kind, value) {
            (ShapeKind::Structure, Value::Object(members)) => self.structure(shape, members, path),
            (ShapeKind::List, Value::Array(items)) => self.list(shape, items, path),
            (ShapeKind::Map, Value::Object(entries)) => self.map(shape, entries, path),
            (ShapeKind::String, Value::String(text)) => self.text(shape, text, path),
            (ShapeKind::Integer | ShapeKind::Long, Value::Number(number)) if is_whole(number) => {
                self.bounds(shape, number.as_f64().unwrap_or_default(), path, "");
            }
            (ShapeKind::Float | ShapeKind::Double, Value::Number(number)) => {
                self.bounds(shape, number.as_f64().unwrap_or_default(), path, "");
            }
            (ShapeKind::Boolean, Value::Bool(_))
            | (ShapeKind::Timestamp, Value::Number(_) | Value::String(_))
            | (ShapeKind::Blob, Value::String(_)) => {}
            (kind, _) => self
                .problems
                .push(format!("`{path}` must be {}", wanted(kind))),
        }
    }

    fn list(&mut self, shape: &Shape, items: &[Value], path: &str) {
        self.bounds(shape, items.len() as f64, path, " entries");
        let Some(item) = shape
            .item
            .as_deref()
            .and_then(|name| self.model.shape(name))
        else {
            return;
        };
        for (index, value) in items.iter().enumerate() {
            self.value(item, value, &format!("{path}[{index}]"));
        }
    }

    fn map(&mut self, shape: &Shape, entries: &Map<String, Value>, path: &str) {
        self.bounds(shape, entries.len() as f64, path, " entries");
        let Some(item) = shape
            .item
            .as_deref()
            .and_then(|name| self.model.shape(name))
        else {
            return;
        };
        for (key, value) in entries {
            self.value(item, value, &format!("{path}.{key}"));
        }
    }

    fn text(&mut self, shape: &Shape, text: &str, path: &str) {
        self.bounds(shape, text.chars().count() as f64, path, " characters");
        if !shape.values.is_empty() && !shape.values.iter().any(|value| value == text) {
            self.problems.push(format!(
                "`{path}` is `{text}`, which is none of {}",
                few(&shape.values)
            ));
        }
        if let Some(pattern) = shape
            .pattern
            .as_ref()
            .filter(|pattern| !pattern.is_match(text))
        {
            self.problems.push(format!(
                "`{path}` is `{text}`, which does not match `{}`",
                pattern.as_str()
            ));
        }
    }

    fn bounds(&mut self, shape: &Shape, size: f64, path: &str, unit: &str) {
        if let Some(min) = shape.min.filter(|min| size < *min) {
            self.problems.push(format!(
                "`{path}` must have at least {min}{unit}, not {size}"
            ));
        }
        if let Some(max) = shape.max.filter(|max| size > *max) {
            self.problems.push(format!(
                "`{path}` must have at most {max}{unit}, not {size}"
            ));
        }
    }
}

fn join(path: &str, member: &str) -> String {
    if path.is_empty() {
        member.to_owned()
    } else {
        format!("{path}.{member}")
    }
}

// Clients that keep every number as a double send 60.0 for 60; GameLift takes it.
fn is_whole(number: &serde_json::Number) -> bool {
    number.as_f64().is_some_and(|value| value.fract() == 0.0)
}

fn wanted(kind: ShapeKind) -> &'static str {
    match kind {
        ShapeKind::Structure => "a structure",
        ShapeKind::List => "a list",
        ShapeKind::Map => "a map",
        ShapeKind::String => "a string",
        ShapeKind::Integer | ShapeKind::Long => "a whole number",
        ShapeKind::Float | ShapeKind::Double => "a number",
        ShapeKind::Boolean => "true or false",
        ShapeKind::Timestamp => "a time",
        ShapeKind::Blob => "base64 text",
    }
}

// Instance types alone are more than 500.
fn few(values: &[String]) -> String {
    const SHOWN: usize = 12;
    let shown = values
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if values.len() > SHOWN {
        format!("{shown} and {} more", values.len() - SHOWN)
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(operation: &str, input: Value, expected: &str) {
        let Value::Object(members) = input else {
            panic!("an input is an object")
        };
        let found = Model::load()
            .validate(operation, &members)
            .err()
            .map(|error| error.message);
        assert_eq!(found.unwrap_or_default(), expected);
    }

    #[test]
    fn complete_request_passes() {
        check("DeleteAlias", json!({"AliasId": "alias-1"}), "");
    }

    #[test]
    fn missing_members_are_named_together() {
        check(
            "CreateAlias",
            json!({}),
            "2 validation errors detected: `Name` is required; `RoutingStrategy` is required",
        );
    }

    #[test]
    fn wrong_type_deep_inside_is_named_with_its_path() {
        check(
            "StartMatchmaking",
            json!({"ConfigurationName": "duel", "Players": [{"PlayerId": 7}]}),
            "1 validation error detected: `Players[0].PlayerId` must be a string",
        );
    }

    #[test]
    fn value_outside_an_enumeration_is_refused() {
        check(
            "CreateAlias",
            json!({"Name": "live", "RoutingStrategy": {"Type": "BOTH"}}),
            "1 validation error detected: `RoutingStrategy.Type` is `BOTH`, which is none of SIMPLE, TERMINAL",
        );
    }

    #[test]
    fn name_outside_the_pattern_is_refused() {
        check(
            "CreateGameSessionQueue",
            json!({"Name": "a.b"}),
            "1 validation error detected: `Name` is `a.b`, which does not match `^[a-zA-Z0-9-]+$`",
        );
    }

    #[test]
    fn number_out_of_bounds_is_refused() {
        check(
            "DescribeMatchmakingRuleSets",
            json!({"Limit": 11}),
            "1 validation error detected: `Limit` must have at most 10, not 11",
        );
    }

    #[test]
    fn null_counts_as_absent() {
        check(
            "DeleteAlias",
            json!({"AliasId": null}),
            "1 validation error detected: `AliasId` is required",
        );
    }
}
