//! Intrinsic functions seen as values: which one it is, and whether it gives one value or a list.

use serde_json::Value as Json;

use crate::schema::{Types, resource_type};
use crate::template::Template;

/// Functions by the name in a template; the rule-specific ones and those of language extensions included.
pub(super) const FUNCTIONS: [&str; 27] = [
    "Condition",
    "Fn::And",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::Equals",
    "Fn::FindInMap",
    "Fn::GetAZs",
    "Fn::GetAtt",
    "Fn::GetStackOutput",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Length",
    "Fn::Not",
    "Fn::Or",
    "Fn::RefAll",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::ToJsonString",
    "Fn::Transform",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
    "Ref",
];

/// What a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One text.
    Scalar,
    /// A list of texts.
    List,
    /// Not known before the deployment.
    Unknown,
}

/// The function that a value calls, with its argument.
pub(super) fn called(value: &Json) -> Option<(&str, &Json)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name, argument))
}

/// Whether the value takes its property away.
pub(super) fn is_no_value(value: &Json) -> bool {
    called(value).is_some_and(|(name, argument)| name == "Ref" && argument == "AWS::NoValue")
}

/// Whether the value might take its property away.
pub(super) fn may_vanish(value: &Json) -> bool {
    match called(value) {
        Some(("Fn::If", Json::Array(arguments))) => arguments.iter().skip(1).any(may_vanish),
        Some(("Fn::Transform", _)) => true,
        Some(_) | None => is_no_value(value),
    }
}

/// What a call gives.
pub(super) fn shape(template: &Template, name: &str, argument: &Json) -> Shape {
    match name {
        "Ref" => reference(template, argument),
        "Fn::GetAtt" => attribute(template, argument),
        "Fn::Sub" | "Fn::Join" | "Fn::Base64" | "Fn::ImportValue" | "Fn::ToJsonString"
        | "Fn::Length" => Shape::Scalar,
        "Fn::GetAZs" | "Fn::Split" | "Fn::Cidr" => Shape::List,
        _ => Shape::Unknown,
    }
}

fn reference(template: &Template, argument: &Json) -> Shape {
    let Some(name) = argument.as_str() else {
        return Shape::Unknown;
    };
    if let Some(parameter) = template.parameters.get(name) {
        return if parameter.kind.is_list() {
            Shape::List
        } else {
            Shape::Scalar
        };
    }
    match name {
        "AWS::NotificationARNs" => Shape::List,
        "AWS::NoValue" => Shape::Unknown,
        _ if name.starts_with("AWS::") || template.resources.contains_key(name) => Shape::Scalar,
        _ => Shape::Unknown,
    }
}

fn attribute(template: &Template, argument: &Json) -> Shape {
    let Some((id, attribute)) = get_att(argument) else {
        return Shape::Unknown;
    };
    let schema = template
        .resources
        .get(id)
        .and_then(|resource| resource_type(&resource.kind));
    let types = schema
        .and_then(|schema| schema.node_at(&attribute.replace('.', "/")))
        .map_or(Types::default(), |node| node.types);
    if types.is_any() || types.has(Types::OBJECT) {
        Shape::Unknown
    } else if types.has(Types::ARRAY) {
        Shape::List
    } else {
        Shape::Scalar
    }
}

/// The resource and the attribute of a `Fn::GetAtt`, if both are plain text.
pub(super) fn get_att(argument: &Json) -> Option<(&str, &str)> {
    match argument {
        Json::String(text) => text.split_once('.'),
        Json::Array(parts) => match parts.as_slice() {
            [Json::String(id), Json::String(attribute)] => Some((id, attribute)),
            _ => None,
        },
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => None,
    }
}
