//! The tables as JSON Schema, for editors.

use serde_json::{Map, Value, json};

use super::{Kind, Presence, Record, tables};

/// Overlays repeat the records with nothing required and `null` allowed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layering {
    Base,
    Overlay,
}

/// The JSON Schema of topology files.
#[must_use]
pub fn schema() -> Value {
    let mut schema = record(&tables::TOPOLOGY, Layering::Base);
    if let Some(fields) = schema.as_object_mut() {
        fields.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        fields.insert("title".to_owned(), json!("liftform topology"));
        fields.insert("patternProperties".to_owned(), json!({ "^x-": {} }));
    }
    schema
}

fn record(record: &Record, layering: Layering) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in record.fields {
        // What stands below `environments` is an overlay whatever it contains.
        let below = if field.key == "environments" {
            Layering::Overlay
        } else {
            layering
        };
        let mut schema = kind(&field.kind, below);
        if let Some(schema) = schema.as_object_mut() {
            let description = describe(field.doc, field.presence);
            schema.insert("description".to_owned(), json!(description));
            if let Some(default) = default(&field.kind, field.presence) {
                schema.insert("default".to_owned(), default);
            }
            if let Some(example) = example(&field.kind) {
                schema.insert("examples".to_owned(), json!([example]));
            }
        }
        if layering == Layering::Overlay {
            schema = json!({ "anyOf": [schema, { "type": "null" }] });
        } else if field.presence == Presence::Required {
            required.push(field.key);
        }
        properties.insert(field.key.to_owned(), schema);
    }
    let mut schema =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let (false, Some(fields)) = (
        required.is_empty() || inherits(record),
        schema.as_object_mut(),
    ) {
        fields.insert("required".to_owned(), json!(required));
    }
    schema
}

/// A fleet that is `like` another takes required values from there.
fn inherits(record: &Record) -> bool {
    record.field("like").is_some()
}

fn describe(doc: &str, presence: Presence) -> String {
    match presence {
        Presence::Required | Presence::Optional | Presence::Default("{}" | "[]") => doc.to_owned(),
        Presence::Default(value) => format!("{doc} Default: `{value}`."),
    }
}

/// The default as a value of the field's type.
fn default(kind: &Kind, presence: Presence) -> Option<Value> {
    let Presence::Default(text) = presence else {
        return None;
    };
    match kind {
        Kind::Flag | Kind::Integer { .. } | Kind::Decimal { .. } => serde_json::from_str(text).ok(),
        // `true` switches all defaults of the record on.
        Kind::FlagOr(_) => Some(serde_json::from_str(text).unwrap_or_else(|_| json!({}))),
        Kind::Record(_) | Kind::Map { .. } => Some(json!({})),
        Kind::List(_) | Kind::OneOrMore(_) => {
            let words = text.trim_matches(['[', ']']).split(',').map(str::trim);
            Some(words.filter(|word| !word.is_empty()).collect())
        }
        Kind::Text
        | Kind::Form(_)
        | Kind::Duration { .. }
        | Kind::Latency
        | Kind::Memory { .. }
        | Kind::Percent { .. }
        | Kind::Rate
        | Kind::Ports
        | Kind::Choice(_)
        | Kind::Anything => Some(json!(text)),
    }
}

/// A value as one would write it, for quantities and texts of a certain form.
fn example(kind: &Kind) -> Option<Value> {
    let text = match kind {
        Kind::Duration { .. } => "30s",
        Kind::Latency => "50ms",
        Kind::Memory { .. } => "512MiB",
        Kind::Percent { .. } => "20%",
        Kind::Rate => "300 per 5m",
        Kind::Ports => "udp 7777-7877",
        // What a form looks like starts with an example in backticks.
        Kind::Form(form) => form
            .looks
            .strip_prefix('`')?
            .split('`')
            .next()?
            .trim_matches('"'),
        Kind::List(item) | Kind::OneOrMore(item) => return Some(json!([example(item)?])),
        Kind::Text
        | Kind::Flag
        | Kind::Integer { .. }
        | Kind::Decimal { .. }
        | Kind::Choice(_)
        | Kind::Map { .. }
        | Kind::Record(_)
        | Kind::FlagOr(_)
        | Kind::Anything => return None,
    };
    Some(json!(text))
}

fn kind(kind_of: &Kind, layering: Layering) -> Value {
    match kind_of {
        Kind::Text => json!({ "type": "string" }),
        Kind::Form(form) => json!({ "type": "string", "pattern": form.pattern }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Decimal { min, max } => json!({ "type": "number", "minimum": min, "maximum": max }),
        Kind::Duration { .. } => json!({ "type": "string", "pattern": "^[0-9]+ *(s|m|h|d)$" }),
        Kind::Latency => json!({ "type": "string", "pattern": "^[0-9]+ *(ms|s)$" }),
        Kind::Memory { .. } => json!({ "type": "string", "pattern": "^[0-9]+ *(MiB|GiB)$" }),
        Kind::Percent { .. } => json!({ "type": "string", "pattern": "^[0-9]+ *%$" }),
        Kind::Rate => json!({ "type": "string", "pattern": "^[0-9]+ per [0-9]+ *(s|m|h)$" }),
        Kind::Ports => {
            json!({ "type": "string", "pattern": "^(udp|tcp|UDP|TCP) +[0-9]+(-[0-9]+)?( +from +[0-9./]+)?$" })
        }
        Kind::Choice(words) => json!({ "enum": words }),
        Kind::List(item) => json!({ "type": "array", "items": kind(item, Layering::Base) }),
        Kind::OneOrMore(item) => {
            json!({ "anyOf": [kind(item, layering), { "type": "array", "items": kind(item, Layering::Base) }] })
        }
        Kind::Map { key, value } => map(key.pattern, &kind(value, layering), layering),
        Kind::Record(of) => record(of, layering),
        Kind::FlagOr(of) => json!({ "anyOf": [{ "type": "boolean" }, record(of, layering)] }),
        Kind::Anything => json!({}),
    }
}

fn map(pattern: &str, value: &Value, layering: Layering) -> Value {
    let value = match layering {
        Layering::Base => value.clone(),
        Layering::Overlay => json!({ "anyOf": [value, { "type": "null" }] }),
    };
    json!({ "type": "object", "propertyNames": { "pattern": pattern }, "additionalProperties": value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schema_describes_every_section_with_its_default() {
        let schema = schema();
        let timeout =
            &schema["properties"]["matchmaking"]["additionalProperties"]["properties"]["timeout"];
        assert_eq!(
            timeout["description"],
            "Life of a ticket, up to 12h. Default: `120s`."
        );
        assert_eq!(schema["required"], json!(["home", "name", "environments"]));
    }

    #[test]
    fn environments_require_nothing_again() {
        let environment =
            &schema()["properties"]["environments"]["additionalProperties"]["anyOf"][0];
        assert!(environment.get("required").is_none());
        assert!(environment["properties"]["home"]["anyOf"].is_array());
    }
}
