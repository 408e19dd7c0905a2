//! One schema node, compiled into the form that checking needs.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Pattern;

/// A set of JSON types; empty means any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const STRING: Self = Self(1);
    pub(crate) const NUMBER: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const BOOLEAN: Self = Self(8);
    pub(crate) const ARRAY: Self = Self(16);
    pub(crate) const OBJECT: Self = Self(32);
    const NAMES: [(Self, &'static str, &'static str); 6] = [
        (Self::STRING, "string", "text"),
        (Self::NUMBER, "number", "a number"),
        (Self::INTEGER, "integer", "a whole number"),
        (Self::BOOLEAN, "boolean", "true or false"),
        (Self::ARRAY, "array", "a list"),
        (Self::OBJECT, "object", "an object"),
    ];

    fn compile(schema: &Json) -> Self {
        let named = |name: &str| {
            Self::NAMES
                .iter()
                .find(|(_, known, _)| *known == name)
                .map_or(0, |(types, ..)| types.0)
        };
        match schema {
            Json::String(name) => Self(named(name)),
            Json::Array(names) => Self(
                names
                    .iter()
                    .filter_map(Json::as_str)
                    .fold(0, |types, name| types | named(name)),
            ),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => Self(0),
        }
    }

    /// Any type is accepted.
    pub(crate) fn is_any(self) -> bool {
        self.0 == 0
    }

    /// One of `others` is asked for by name.
    pub(crate) fn has(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// In words: `text or a list`.
    pub(crate) fn words(self) -> String {
        let words: Vec<&str> = Self::NAMES
            .iter()
            .filter(|(types, ..)| self.has(*types))
            .map(|(.., words)| *words)
            .collect();
        words.join(" or ")
    }
}

/// A schema node. Everything absent in the schema is empty here.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// Index of a definition.
    pub(crate) reference: Option<usize>,
    pub(crate) types: Types,
    pub(crate) values: Vec<Json>,
    pub(crate) pattern: Option<Pattern>,
    pub(crate) minimum: Option<f64>,
    pub(crate) maximum: Option<f64>,
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    pub(crate) min_items: Option<usize>,
    pub(crate) max_items: Option<usize>,
    pub(crate) min_properties: Option<usize>,
    pub(crate) max_properties: Option<usize>,
    pub(crate) unique_items: bool,
    pub(crate) unique_keys: Vec<String>,
    pub(crate) unordered: bool,
    pub(crate) items: Option<Box<Self>>,
    pub(crate) prefix_items: Vec<Self>,
    pub(crate) properties: BTreeMap<String, Self>,
    pub(crate) pattern_properties: Vec<(Pattern, Self)>,
    /// Whether `additionalProperties` is false.
    pub(crate) closed: bool,
    pub(crate) additional: Option<Box<Self>>,
    pub(crate) required: Vec<String>,
    pub(crate) required_or: Vec<String>,
    pub(crate) required_xor: Vec<String>,
    pub(crate) dependent_required: BTreeMap<String, Vec<String>>,
    pub(crate) dependent_excluded: BTreeMap<String, Vec<String>>,
    pub(crate) any_of: Vec<Self>,
    pub(crate) one_of: Vec<Self>,
    pub(crate) all_of: Vec<Self>,
    pub(crate) not: Option<Box<Self>>,
    pub(crate) condition: Option<Box<Conditional>>,
}

/// `if`, `then` and `else`.
#[derive(Debug)]
pub(crate) struct Conditional {
    pub(crate) test: Node,
    pub(crate) then: Option<Node>,
    pub(crate) otherwise: Option<Node>,
}

/// Finds the index of a definition by name.
type Index<'a> = &'a dyn Fn(&str) -> Option<usize>;

impl Node {
    pub(super) fn compile(schema: &Json, index: Index<'_>) -> Self {
        let reference = schema["$ref"]
            .as_str()
            .and_then(|path| path.strip_prefix("#/definitions/"));
        let mut node = Self {
            reference: reference.and_then(index),
            types: Types::compile(&schema["type"]),
            values: schema["enum"].as_array().cloned().unwrap_or_default(),
            pattern: schema["pattern"].as_str().map(Pattern::new),
            minimum: schema["minimum"].as_f64(),
            maximum: schema["maximum"].as_f64(),
            min_length: count(schema, "minLength"),
            max_length: count(schema, "maxLength"),
            min_items: count(schema, "minItems"),
            max_items: count(schema, "maxItems"),
            min_properties: count(schema, "minProperties"),
            max_properties: count(schema, "maxProperties"),
            unique_items: schema["uniqueItems"] == true,
            unique_keys: texts(&schema["uniqueKeys"]),
            unordered: schema["insertionOrder"] == false,
            ..Self::default()
        };
        if let Some(constant) = schema.get("const") {
            node.values = vec![constant.clone()];
        }
        // Beside a reference, a type only repeats what the definition says.
        if node.reference.is_some() {
            node.types = Types::default();
        }
        node.compile_list(schema, index);
        node.compile_object(schema, index);
        node.compile_alternatives(schema, index);
        node
    }

    fn compile_list(&mut self, schema: &Json, index: Index<'_>) {
        self.items = boxed(&schema["items"], index);
        self.prefix_items = nodes(&schema["prefixItems"], index);
    }

    fn compile_object(&mut self, schema: &Json, index: Index<'_>) {
        let named = |name: &str| schema[name].as_object().into_iter().flatten();
        self.properties = named("properties")
            .map(|(name, node)| (name.clone(), Self::compile(node, index)))
            .collect();
        self.pattern_properties = named("patternProperties")
            .map(|(name, node)| (Pattern::new(name), Self::compile(node, index)))
            .collect();
        self.closed = schema["additionalProperties"] == false;
        self.additional = boxed(&schema["additionalProperties"], index);
        self.required = texts(&schema["required"]);
        self.required_or = texts(&schema["requiredOr"]);
        self.required_xor = texts(&schema["requiredXor"]);
        self.dependent_required = lists(&schema["dependentRequired"]);
        self.dependent_required
            .extend(lists(&schema["dependencies"]));
        self.dependent_excluded = lists(&schema["dependentExcluded"]);
    }

    fn compile_alternatives(&mut self, schema: &Json, index: Index<'_>) {
        self.any_of = nodes(&schema["anyOf"], index);
        self.one_of = nodes(&schema["oneOf"], index);
        self.all_of = nodes(&schema["allOf"], index);
        self.not = boxed(&schema["not"], index);
        if schema["if"].is_object() {
            let part = |name: &str| schema.get(name).map(|node| Self::compile(node, index));
            let test = Self::compile(&schema["if"], index);
            self.condition = Some(Box::new(Conditional {
                test,
                then: part("then"),
                otherwise: part("else"),
            }));
        }
    }

    /// Whether other schemas hold beside this one.
    pub(crate) fn has_alternatives(&self) -> bool {
        !self.any_of.is_empty()
            || !self.one_of.is_empty()
            || !self.all_of.is_empty()
            || self.not.is_some()
            || self.condition.is_some()
    }

    /// Whether the node only asks for properties to be there.
    pub(crate) fn only_requires(&self) -> bool {
        !self.required.is_empty()
            && self.properties.is_empty()
            && self.reference.is_none()
            && !self.closed
    }
}

fn count(schema: &Json, name: &str) -> Option<usize> {
    schema[name]
        .as_u64()
        .and_then(|count| usize::try_from(count).ok())
}

fn boxed(schema: &Json, index: Index<'_>) -> Option<Box<Node>> {
    schema
        .is_object()
        .then(|| Box::new(Node::compile(schema, index)))
}

fn nodes(schema: &Json, index: Index<'_>) -> Vec<Node> {
    schema
        .as_array()
        .into_iter()
        .flatten()
        .map(|node| Node::compile(node, index))
        .collect()
}

fn texts(schema: &Json) -> Vec<String> {
    schema
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

/// Lists by name; the other form of `dependencies`, schemas by name, has no use in the schemas at hand.
fn lists(schema: &Json) -> BTreeMap<String, Vec<String>> {
    schema
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, list)| (name.clone(), texts(list)))
        .collect()
}
