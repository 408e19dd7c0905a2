//! JSON shaped into a template: every key has a place or is an error.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::expand::Loops;
use super::position::{Position, Positions};
use super::{ParseError, ParseProblem};
use crate::template::{DeletionPolicy, Output, Parameter, ParameterType, Resource, Template};

/// A misshapen part, before its place in the text is known.
pub(super) struct ShapeError(ParseProblem);

impl ShapeError {
    pub(super) fn at(self, positions: &Positions) -> ParseError {
        let path = match &self.0 {
            ParseProblem::Shape { path, .. } | ParseProblem::UnknownKey { path } => path.as_str(),
            ParseProblem::Syntax(_)
            | ParseProblem::DuplicateKey(_)
            | ParseProblem::TooLarge
            | ParseProblem::UnknownTag(_) => "",
        };
        let position = positions
            .find(path)
            .unwrap_or(Position { line: 1, column: 1 });
        ParseError {
            position,
            problem: self.0,
        }
    }
}

type Shaped<T> = Result<T, ShapeError>;

fn shape<T>(path: &str, expected: &'static str) -> Shaped<T> {
    Err(ShapeError(ParseProblem::Shape {
        path: path.to_owned(),
        expected,
    }))
}

pub(super) fn template(root: Json, loops: Loops) -> Shaped<Template> {
    let Json::Object(sections) = root else {
        return shape("", "a mapping of sections");
    };
    let mut template = Template {
        loops,
        ..Template::default()
    };
    for (name, section) in sections {
        let path = name.as_str();
        match path {
            "AWSTemplateFormatVersion" => {}
            "Description" => template.description = Some(text(path, section)?),
            "Metadata" => template.metadata = object(path, section)?,
            "Parameters" => template.parameters = entries(path, section, parameter)?,
            "Rules" => template.rules = entries(path, section, any)?,
            "Mappings" => template.mappings = entries(path, section, any)?,
            "Conditions" => template.conditions = entries(path, section, any)?,
            "Transform" => template.transform = Some(section),
            "Resources" => template.resources = entries(path, section, resource)?,
            "Hooks" => template.hooks = entries(path, section, any)?,
            "Globals" => template.globals = Some(section),
            "Outputs" => template.outputs = entries(path, section, output)?,
            _ => return unknown(path),
        }
    }
    Ok(template)
}

fn unknown<T>(path: &str) -> Shaped<T> {
    Err(ShapeError(ParseProblem::UnknownKey {
        path: path.to_owned(),
    }))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "sections differ in what their entries may be"
)]
fn any(_path: &str, value: Json) -> Shaped<Json> {
    Ok(value)
}

fn resource(path: &str, value: Json) -> Shaped<Resource> {
    let mut resource = Resource::default();
    for (name, value) in object(path, value)? {
        let path = format!("{path}/{name}");
        match name.as_str() {
            "Type" => resource.kind = text(&path, value)?,
            "Properties" => resource.properties = object(&path, value)?,
            "DependsOn" => resource.depends_on = ids(&path, value)?,
            "Condition" => resource.condition = Some(text(&path, value)?),
            // With the language extensions, a function may give a policy.
            "DeletionPolicy" | "UpdateReplacePolicy" if value.is_object() => {
                resource.computed.insert(name, value);
            }
            "DeletionPolicy" => resource.deletion_policy = Some(policy(&path, &value)?),
            "UpdateReplacePolicy" => resource.update_replace_policy = Some(policy(&path, &value)?),
            // What SAM and custom resources have beside CloudFormation's attributes.
            "Connectors" | "IgnoreGlobals" | "Version" => {
                resource.computed.insert(name, value);
            }
            "Metadata" => resource.metadata = object(&path, value)?,
            "CreationPolicy" => resource.creation_policy = Some(value),
            "UpdatePolicy" => resource.update_policy = Some(value),
            _ => return unknown(&path),
        }
    }
    if resource.kind.is_empty() {
        shape(path, "a resource with a `Type`")
    } else {
        Ok(resource)
    }
}

fn parameter(path: &str, value: Json) -> Shaped<Parameter> {
    let mut fields = object(path, value)?;
    let Some(kind) = fields.remove("Type") else {
        return shape(path, "a parameter with a `Type`");
    };
    let mut parameter = Parameter::new(ParameterType::from_name(&text(path, kind)?));
    for (name, value) in fields {
        let path = format!("{path}/{name}");
        match name.as_str() {
            "Default" => parameter.default = Some(value),
            "Description" => parameter.description = Some(text(&path, value)?),
            "AllowedValues" => parameter.allowed_values = list(&path, value)?,
            "AllowedPattern" => parameter.allowed_pattern = Some(text(&path, value)?),
            "ConstraintDescription" => parameter.constraint_description = Some(text(&path, value)?),
            "MinLength" => parameter.min_length = Some(length(&path, &value)?),
            "MaxLength" => parameter.max_length = Some(length(&path, &value)?),
            "MinValue" => parameter.min_value = Some(number(&path, &value)?),
            "MaxValue" => parameter.max_value = Some(number(&path, &value)?),
            "NoEcho" => parameter.no_echo = flag(&path, &value)?,
            _ => return unknown(&path),
        }
    }
    Ok(parameter)
}

fn output(path: &str, value: Json) -> Shaped<Output> {
    let mut fields = object(path, value)?;
    let Some(value) = fields.remove("Value") else {
        return shape(path, "an output with a `Value`");
    };
    let mut output = Output::new(value);
    for (name, value) in fields {
        let path = format!("{path}/{name}");
        match name.as_str() {
            "Description" => output.description = Some(text(&path, value)?),
            "Condition" => output.condition = Some(text(&path, value)?),
            "Export" => {
                let mut export = object(&path, value)?;
                output.export = export.remove("Name");
                if output.export.is_none() || !export.is_empty() {
                    return shape(&path, "an export with a `Name` and nothing else");
                }
            }
            _ => return unknown(&path),
        }
    }
    Ok(output)
}

fn entries<T>(
    path: &str,
    value: Json,
    read: fn(&str, Json) -> Shaped<T>,
) -> Shaped<BTreeMap<String, T>> {
    let mut entries = BTreeMap::new();
    for (name, value) in object(path, value)? {
        let entry = read(&format!("{path}/{name}"), value)?;
        entries.insert(name, entry);
    }
    Ok(entries)
}

fn object(path: &str, value: Json) -> Shaped<Map<String, Json>> {
    match value {
        Json::Object(object) => Ok(object),
        // An empty section in YAML: the name, and nothing behind it.
        Json::Null => Ok(Map::new()),
        Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            shape(path, "a mapping")
        }
    }
}

fn list(path: &str, value: Json) -> Shaped<Vec<Json>> {
    if let Json::Array(items) = value {
        Ok(items)
    } else {
        shape(path, "a list")
    }
}

fn text(path: &str, value: Json) -> Shaped<String> {
    match value {
        Json::String(text) => Ok(text),
        Json::Number(number) => Ok(number.to_string()),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => shape(path, "text"),
    }
}

fn ids(path: &str, value: Json) -> Shaped<Vec<String>> {
    let items = if let Json::Array(items) = value {
        items
    } else {
        vec![value]
    };
    let mut ids: Vec<String> = items
        .into_iter()
        .map(|id| text(path, id))
        .collect::<Shaped<_>>()?;
    ids.sort();
    ids.dedup();
    Ok(ids)
}

fn policy(path: &str, value: &Json) -> Shaped<DeletionPolicy> {
    let policy = value.as_str().and_then(DeletionPolicy::from_name);
    policy.map_or_else(
        || shape(path, "Delete, Retain, RetainExceptOnCreate or Snapshot"),
        Ok,
    )
}

/// Numbers and booleans may be written as text.
fn number(path: &str, value: &Json) -> Shaped<f64> {
    let number = value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
        .filter(|number: &f64| number.is_finite());
    number.map_or_else(|| shape(path, "a number"), Ok)
}

fn length(path: &str, value: &Json) -> Shaped<u64> {
    let length = value
        .as_u64()
        .or_else(|| value.as_str()?.trim().parse().ok());
    length.map_or_else(|| shape(path, "a whole number"), Ok)
}

fn flag(path: &str, value: &Json) -> Shaped<bool> {
    let flag = value
        .as_bool()
        .or_else(|| value.as_str()?.to_ascii_lowercase().parse().ok());
    flag.map_or_else(|| shape(path, "true or false"), Ok)
}
