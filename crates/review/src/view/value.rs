//! Values as one line.

use serde_json::Value as Json;

use super::line::harmless;
use crate::model::Shown;

/// Writes a value; none stands for nothing.
pub(super) fn shown(value: Option<&Shown>) -> String {
    match value {
        None => "(absent)".to_owned(),
        Some(Shown::Later(why)) => format!("({})", harmless(why)),
        Some(Shown::Value(value)) => json(value),
    }
}

/// Writes JSON: plain words without quotes, short intrinsic functions in YAML's short form, all else compact.
fn json(value: &Json) -> String {
    match value {
        Json::String(text) if is_plain(text) => text.clone(),
        Json::Object(_) => short_form(value).unwrap_or_else(|| value.to_string()),
        Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => {
            harmless(&value.to_string())
        }
    }
}

/// Whether a text can stand without quotes and not be taken for something else.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && harmless(text) == text
        && !text.starts_with(['"', '{', '[', '(', '!', ' '])
        && !text.ends_with(' ')
}

fn short_form(value: &Json) -> Option<String> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (function, argument) = object.iter().next()?;
    Some(match (function.as_str(), argument) {
        ("Ref", Json::String(name)) => format!("!Ref {}", harmless(name)),
        ("Fn::GetAtt", Json::String(path)) => format!("!GetAtt {}", harmless(path)),
        ("Fn::GetAtt", Json::Array(parts)) => {
            let parts: Option<Vec<&str>> = parts.iter().map(Json::as_str).collect();
            format!("!GetAtt {}", harmless(&parts?.join(".")))
        }
        ("Fn::Sub", Json::String(text)) => format!("!Sub {}", json(&text.as_str().into())),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(value: Json, expected: &str) {
        assert_eq!(shown(Some(&Shown::Value(value))), expected);
    }

    #[test]
    fn words_need_no_quotes() {
        check(json!("c6i.large"), "c6i.large");
        check(json!("two words"), "two words");
        check(json!(90), "90");
        check(json!(true), "true");
    }

    #[test]
    fn what_could_be_mistaken_is_quoted() {
        check(json!(""), "\"\"");
        check(json!("(absent)"), "\"(absent)\"");
        check(json!("a\nb"), "\"a\\nb\"");
        check(json!("!Ref X"), "\"!Ref X\"");
    }

    #[test]
    fn functions_are_short() {
        check(json!({ "Ref": "Bucket" }), "!Ref Bucket");
        check(json!({ "Fn::GetAtt": ["Role", "Arn"] }), "!GetAtt Role.Arn");
        check(json!({ "Fn::Sub": "${A}-x" }), "!Sub ${A}-x");
        check(
            json!({ "Fn::Join": ["", ["a"]] }),
            r#"{"Fn::Join":["",["a"]]}"#,
        );
    }

    #[test]
    fn missing_and_later_values_stand_in_brackets() {
        assert_eq!(shown(None), "(absent)");
        assert_eq!(
            shown(Some(&Shown::Later("new fleet".to_owned()))),
            "(new fleet)"
        );
    }
}
