//! Which names a value takes its content from.

use serde_json::Value as Json;

/// One function call that refers to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// For people, below the value that was searched.
    pub(super) path: String,
    /// For schemas.
    pub(super) schema_path: String,
    /// The resource or parameter.
    pub(super) name: String,
}

/// All references within a value.
pub(super) fn references(value: &Json) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(value, "", "", &mut found);
    found
}

fn collect(value: &Json, path: &str, schema_path: &str, found: &mut Vec<Reference>) {
    let mut push = |name: &str| {
        // `AWS::Region` and its like belong to no template.
        if !name.contains("::") {
            found.push(Reference {
                path: path.to_owned(),
                schema_path: schema_path.to_owned(),
                name: name.to_owned(),
            });
        }
    };
    match value {
        Json::Object(object) if object.len() == 1 => {
            let Some((function, argument)) = object.iter().next() else {
                return;
            };
            match (function.as_str(), argument) {
                ("Ref", Json::String(name)) => push(name),
                ("Fn::GetAtt", Json::String(name)) => {
                    push(name.split('.').next().unwrap_or(name));
                }
                ("Fn::GetAtt", Json::Array(parts)) => {
                    if let Some(Json::String(name)) = parts.first() {
                        push(name);
                    }
                }
                ("Fn::Sub", Json::String(text)) => substituted(text).for_each(push),
                ("Fn::Sub", Json::Array(parts)) => {
                    if let Some(Json::String(text)) = parts.first() {
                        substituted(text).for_each(push);
                    }
                    // A function is one value, so what is within it stands at its path.
                    parts
                        .iter()
                        .skip(1)
                        .for_each(|part| below(part, path, schema_path, found));
                }
                (name, _) if name.starts_with("Fn::") => below(argument, path, schema_path, found),
                (name, _) => collect(
                    argument,
                    &dotted(path, name),
                    &super::canonical::join(schema_path, name),
                    found,
                ),
            }
        }
        Json::Object(object) => {
            for (name, value) in object {
                let schema_path = super::canonical::join(schema_path, name);
                collect(value, &dotted(path, name), &schema_path, found);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let schema_path = format!("{schema_path}/*");
                collect(item, &format!("{path}[{index}]"), &schema_path, found);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// References within a function's arguments count at the function's own path.
fn below(value: &Json, path: &str, schema_path: &str, found: &mut Vec<Reference>) {
    let inner = references(value).into_iter().map(|reference| Reference {
        path: path.to_owned(),
        schema_path: schema_path.to_owned(),
        ..reference
    });
    found.extend(inner);
}

fn dotted(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn substituted(text: &str) -> impl Iterator<Item = &str> {
    text.split("${")
        .skip(1)
        .filter_map(|piece| piece.split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| !name.starts_with('!'))
        .map(|name| name.split('.').next().unwrap_or(name))
}
