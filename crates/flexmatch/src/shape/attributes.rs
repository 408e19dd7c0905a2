//! Reads `playerAttributes`.

use std::collections::BTreeMap;

use super::fields::{Fields, text_list, wrong_type};
use super::{Item, check_unique};
use crate::code;
use crate::json::{Node, Value};
use crate::model::attribute::{AttributeType, AttributeValue, PlayerAttribute};
use crate::path::Path;
use crate::report::Report;

const KEYS: &[&str] = &["name", "type", "default"];

pub(crate) fn read(body: &Fields<'_>, report: &mut Report<'_>) -> Vec<Item<PlayerAttribute>> {
    let mut attributes = Vec::new();
    for (path, node) in body.items("playerAttributes", report) {
        let value = Fields::of(node, &path, report).and_then(|fields| read_one(&fields, report));
        attributes.extend(value.map(|value| Item { path, value }));
    }
    check_unique(
        &attributes,
        |attribute| &attribute.name,
        "attribute",
        report,
    );
    attributes
}

fn read_one(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<PlayerAttribute> {
    fields.warn_of_unknown(KEYS, report);
    let name = fields.name(report);
    fields.required("type", report);
    let attribute_type = fields.word("type", report)?;
    let path = fields.path.key("default");
    let default = fields
        .get("default")
        .and_then(|node| read_default(attribute_type, node, &path, report));
    let name = name?;
    // A default that couldn't be read was reported as such.
    let given = fields
        .get("default")
        .is_some_and(|node| node.as_text() != Some(""));
    if !given {
        report
            .warning(&fields.path, code::NO_DEFAULT, format!("attribute `{name}` has no default"))
            .hint("A ticket that omits it is accepted but never matches; give a default unless every client sends it.");
    }
    Some(PlayerAttribute {
        name,
        attribute_type,
        default,
    })
}

fn read_default(
    attribute_type: AttributeType,
    node: &Node,
    path: &Path,
    report: &mut Report<'_>,
) -> Option<AttributeValue> {
    // The documentation treats an empty string as "no default", whatever the type.
    if node.as_text().is_some_and(str::is_empty) {
        return None;
    }
    match attribute_type {
        AttributeType::String => match node.as_text() {
            Some(text) => Some(AttributeValue::String(text.to_owned())),
            None => mismatch(node, path, "a string", report),
        },
        AttributeType::Number => match node.as_number() {
            Some(number) => Some(AttributeValue::Number(number)),
            None => mismatch(node, path, "a number", report),
        },
        AttributeType::StringList => text_list(node, path, report).map(AttributeValue::StringList),
        AttributeType::StringNumberMap => {
            number_map(node, path, report).map(AttributeValue::StringNumberMap)
        }
    }
}

fn number_map(node: &Node, path: &Path, report: &mut Report<'_>) -> Option<BTreeMap<String, f64>> {
    let Value::Object(members) = &node.value else {
        return mismatch(node, path, "an object from strings to numbers", report);
    };
    let mut map = BTreeMap::new();
    for member in members {
        let Some(number) = member.value.as_number() else {
            return mismatch(
                &member.value,
                &path.key(member.key.clone()),
                "a number",
                report,
            );
        };
        map.insert(member.key.clone(), number);
    }
    Some(map)
}

fn mismatch<T>(node: &Node, path: &Path, expected: &str, report: &mut Report<'_>) -> Option<T> {
    wrong_type(node, path, expected, report);
    None
}
