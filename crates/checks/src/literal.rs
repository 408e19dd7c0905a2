//! Values as far as they are known: literals, with CloudFormation's leniency between text, numbers and booleans.

use serde_json::{Map, Value as Json};

/// A number, also when written as text.
pub(crate) fn number(value: Option<&Json>) -> Option<f64> {
    let value = value?;
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
        .filter(|number: &f64| number.is_finite())
}

/// A boolean, also when written as text.
pub(crate) fn flag(value: Option<&Json>) -> Option<bool> {
    let value = value?;
    value
        .as_bool()
        .or_else(|| value.as_str()?.to_ascii_lowercase().parse().ok())
}

/// A literal text.
pub(crate) fn text(value: Option<&Json>) -> Option<&str> {
    value?.as_str()
}

/// The items of a literal list; none when a function gives it.
pub(crate) fn list(value: Option<&Json>) -> Option<&[Json]> {
    value?.as_array().map(Vec::as_slice)
}

/// Whether a function decides over the value.
pub(crate) fn is_function(value: &Json) -> bool {
    function(value).is_some()
}

/// The function and its argument.
pub(crate) fn function(value: &Json) -> Option<(&str, &Json)> {
    let object: &Map<String, Json> = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name.as_str(), argument))
}

/// Whether the property is certainly there.
pub(crate) fn is_given(value: Option<&Json>) -> bool {
    value.is_some_and(|value| {
        !matches!(function(value), Some(("Fn::If" | "Fn::Transform", _)))
            && !matches!(function(value), Some(("Ref", name)) if name == "AWS::NoValue")
            && value.as_array().is_none_or(|items| !items.is_empty())
    })
}

/// Whether the property is certainly not there.
pub(crate) fn is_absent(value: Option<&Json>) -> bool {
    value.is_none_or(|value| {
        matches!(function(value), Some(("Ref", name)) if name == "AWS::NoValue")
            || value.as_array().is_some_and(Vec::is_empty)
    })
}

/// The resource that a value refers to: `Ref`, `Fn::GetAtt`, or a `Fn::Sub` that is nothing else.
pub(crate) fn target(value: &Json) -> Option<&str> {
    match function(value)? {
        ("Ref", Json::String(id)) => Some(id),
        ("Fn::GetAtt", Json::Array(parts)) => parts.first()?.as_str(),
        ("Fn::GetAtt", Json::String(text)) => text.split('.').next(),
        ("Fn::Sub", Json::String(text)) => {
            let inner = text.strip_prefix("${")?.strip_suffix('}')?;
            let inner = inner.trim();
            (!inner.contains('$')).then(|| inner.split('.').next())?
        }
        _ => None,
    }
}
