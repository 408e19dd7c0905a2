//! Properties against the schema of their type.

use serde_json::{Map, Value as Json};

use super::function::{self, Shape};
use super::suggestion::nearest;
use super::{Finding, FindingKind, Path};
use crate::schema::{Node, ResourceSchema, Types};
use crate::template::{Resource, Template};

/// Types that one text can be turned into.
const SCALARS: Types = Types::STRING
    .or(Types::NUMBER)
    .or(Types::INTEGER)
    .or(Types::BOOLEAN);

/// Checks one resource; the other files of this folder add what concerns bounds and combinations.
pub(super) struct Checker<'a> {
    template: &'a Template,
    pub(super) schema: &'a ResourceSchema,
    pub(super) findings: &'a mut Vec<Finding>,
    /// Functions met so far: what they give can't be known, so a match that met one is not certain.
    pub(super) functions: usize,
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        template: &'a Template,
        schema: &'a ResourceSchema,
        findings: &'a mut Vec<Finding>,
    ) -> Self {
        Self {
            template,
            schema,
            findings,
            functions: 0,
        }
    }

    pub(super) fn resource(&mut self, resource: &Resource, path: Path<'_>) {
        let (root, properties, path) = (
            self.schema.root(),
            &resource.properties,
            path.key("Properties"),
        );
        // A function in place of all properties, or schemas beside the first one: both are about the whole value.
        if root.has_alternatives()
            || (properties.len() == 1
                && properties
                    .keys()
                    .any(|name| name == "Ref" || name.starts_with("Fn::")))
        {
            self.value(root, &Json::Object(properties.clone()), path);
        } else {
            self.object(root, properties, path);
            self.combinations(root, properties, path);
        }
        for read_only in self.schema.read_only() {
            self.read_only(properties, read_only, path);
        }
    }

    pub(super) fn find(&mut self, kind: FindingKind, path: Path<'_>, message: impl Into<String>) {
        self.findings.push(Finding::new(kind, path, message));
    }

    /// Checks any value.
    pub(super) fn value(&mut self, node: &Node, value: &Json, path: Path<'_>) {
        if let Some((name, argument)) = function::called(value) {
            self.function(node, name, argument, path);
            return;
        }
        if is_dynamic_reference(value) {
            self.functions += 1;
            return;
        }
        if value.is_null() {
            self.find(
                FindingKind::WrongType,
                path,
                "null is not allowed in a template",
            );
            return;
        }
        if value.is_string() && self.is_packaged(path) {
            return;
        }
        if let Some(definition) = node
            .reference
            .and_then(|index| self.schema.definition(index))
        {
            self.value(definition, value, path);
        }
        if !fits(node, value) {
            let message = format!(
                "{} is expected here, not {}",
                node.types.words(),
                describe(value)
            );
            self.find(FindingKind::WrongType, path, message);
            return;
        }
        match value {
            Json::Object(object) => {
                self.object(node, object, path);
                self.combinations(node, object, path);
            }
            Json::Array(items) => self.list(node, items, path),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                self.scalar(node, value, path);
            }
        }
        self.alternatives(node, value, path);
    }

    /// Whether `aws cloudformation package` puts an uploaded object in the place of a local path here.
    fn is_packaged(&self, path: Path<'_>) -> bool {
        // https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
        matches!(
            (self.schema.kind(), path.last()),
            ("AWS::Lambda::Function", "Code") | ("AWS::ApiGateway::RestApi", "BodyS3Location")
        )
    }

    fn function(&mut self, node: &Node, name: &str, argument: &Json, path: Path<'_>) {
        self.functions += 1;
        if let ("Fn::If", Some([_, then, otherwise])) =
            (name, argument.as_array().map(Vec::as_slice))
        {
            let call = path.key(name);
            self.value(node, then, call.index(1));
            self.value(node, otherwise, call.index(2));
            return;
        }
        let shape = function::shape(self.template, name, argument);
        let types = self.types(node);
        let gives = match shape {
            Shape::Scalar if !types.has(SCALARS) && !types.is_any() && !self.is_free_form(node) => {
                "text"
            }
            Shape::List if !types.has(Types::ARRAY) && !types.is_any() => "a list",
            Shape::Scalar | Shape::List | Shape::Unknown => return,
        };
        self.find(
            FindingKind::WrongType,
            path,
            format!(
                "`{name}` gives {gives} here, but {} is expected",
                types.words()
            ),
        );
    }

    /// The types of a node, through its reference.
    fn types(&self, node: &Node) -> Types {
        node.reference
            .and_then(|index| self.schema.definition(index))
            .map_or(node.types, |definition| definition.types)
    }

    fn is_free_form(&self, node: &Node) -> bool {
        let node = node
            .reference
            .and_then(|index| self.schema.definition(index))
            .unwrap_or(node);
        is_free_form(node)
    }

    fn object(&mut self, node: &Node, object: &Map<String, Json>, path: Path<'_>) {
        // A macro's output is not known yet.
        if object.contains_key("Fn::Transform") {
            return;
        }
        for (name, value) in object {
            let below = path.key(name);
            if let Some(property) = node.properties.get(name) {
                self.value(property, value, below);
            } else if let Some((_, property)) = node
                .pattern_properties
                .iter()
                .find(|(pattern, _)| pattern.is_match(name))
            {
                self.value(property, value, below);
            } else if let Some(additional) = &node.additional {
                self.value(additional, value, below);
            } else if node.closed && !name.starts_with("Fn::ForEach") {
                let hint = nearest(name, node.properties.keys());
                let message = format!("`{name}` is not a property here");
                self.findings.push(
                    Finding::new(FindingKind::UnknownProperty, below, message).with_hint(hint),
                );
            }
        }
        for name in &node.required {
            if object.get(name).is_none_or(function::is_no_value) {
                self.find(
                    FindingKind::MissingProperty,
                    path,
                    format!("`{name}` is required"),
                );
            }
        }
        self.property_count(node, object, path);
    }

    fn list(&mut self, node: &Node, items: &[Json], path: Path<'_>) {
        for (index, item) in items.iter().enumerate() {
            let below = path.index(index);
            if let Some(prefix) = node.prefix_items.get(index) {
                self.value(prefix, item, below);
            }
            if let Some(node) = &node.items {
                self.value(node, item, below);
            }
        }
        self.item_count(node, items, path);
        self.unique_items(node, items, path);
    }

    fn read_only(&mut self, properties: &Map<String, Json>, name: &str, path: Path<'_>) {
        let (first, rest) = name
            .split_once('/')
            .map_or((name, None), |(first, rest)| (first, Some(rest)));
        let Some(value) = properties.get(first) else {
            return;
        };
        let below = path.key(first);
        match rest {
            None => self.find(
                FindingKind::ReadOnlyProperty,
                below,
                format!("`{first}` is set by AWS and can't be given"),
            ),
            Some(rest) => self.read_only_below(value, rest, below),
        }
    }

    fn read_only_below(&mut self, value: &Json, name: &str, path: Path<'_>) {
        match (value, name.strip_prefix("*/")) {
            (Json::Array(items), Some(rest)) => {
                for (index, item) in items.iter().enumerate() {
                    self.read_only_below(item, rest, path.index(index));
                }
            }
            (Json::Object(object), None) => self.read_only(object, name, path),
            _ => {}
        }
    }
}

/// Whether a literal has one of the node's types, with CloudFormation's leniency between text, numbers and booleans.
fn fits(node: &Node, value: &Json) -> bool {
    let types = node.types;
    if types.is_any() {
        return true;
    }
    match value {
        Json::Null => false,
        Json::Bool(_) => types.has(Types::BOOLEAN.or(Types::STRING)),
        Json::Number(number) => {
            types.has(Types::NUMBER.or(Types::STRING))
                || (types.has(Types::INTEGER) && is_whole(number))
        }
        Json::String(text) => {
            types.has(Types::STRING)
                || (types.has(Types::INTEGER) && text.trim().parse::<i64>().is_ok())
                || (types.has(Types::NUMBER) && text.trim().parse::<f64>().is_ok())
                || (types.has(Types::BOOLEAN)
                    && matches!(text.to_ascii_lowercase().as_str(), "true" | "false"))
                || (types.has(Types::OBJECT) && is_free_form(node))
        }
        Json::Array(_) => types.has(Types::ARRAY),
        Json::Object(_) => types.has(Types::OBJECT),
    }
}

fn is_whole(number: &serde_json::Number) -> bool {
    number.is_i64()
        || number.is_u64()
        || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// An object without named properties may also be given as JSON text.
fn is_free_form(node: &Node) -> bool {
    node.types.has(Types::OBJECT) && node.properties.is_empty()
}

/// `{{resolve:…}}`, which CloudFormation replaces when it deploys.
fn is_dynamic_reference(value: &Json) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.contains("{{resolve:"))
}

fn describe(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
