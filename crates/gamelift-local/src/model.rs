//! The API model: which operations exist, and the shapes of what goes in and out.
//!
//! Read from the data in `model/gamelift.json`. Says nothing about what an operation does.

mod project;
mod validate;

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde::Deserialize;

const SOURCE: &str = include_str!("../model/gamelift.json");

/// The GameLift API.
pub(crate) struct Model {
    operations: BTreeMap<String, Signature>,
    shapes: BTreeMap<String, Shape>,
}

/// The shapes of one operation.
#[derive(Debug, Deserialize)]
struct Signature {
    input: String,
    output: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    operations: BTreeMap<String, Signature>,
    shapes: BTreeMap<String, ShapeSource>,
}

#[derive(Deserialize)]
struct ShapeSource {
    #[serde(rename = "type")]
    kind: ShapeKind,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default, rename = "enum")]
    values: Vec<String>,
    min: Option<f64>,
    max: Option<f64>,
    pattern: Option<String>,
    #[serde(default)]
    members: BTreeMap<String, String>,
    member: Option<String>,
    value: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ShapeKind {
    Structure,
    List,
    Map,
    String,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Timestamp,
    Blob,
}

/// One shape; `item` is what a list or a map holds.
struct Shape {
    kind: ShapeKind,
    required: Vec<String>,
    values: Vec<String>,
    min: Option<f64>,
    max: Option<f64>,
    pattern: Option<Regex>,
    members: BTreeMap<String, String>,
    item: Option<String>,
}

impl Model {
    /// Reads the embedded model.
    pub(crate) fn load() -> Self {
        let source: Source =
            serde_json::from_str(SOURCE).expect("the embedded model is read by a test");
        let shapes = source
            .shapes
            .into_iter()
            .map(|(name, shape)| (name, Shape::from(shape)));
        Self {
            operations: source.operations,
            shapes: shapes.collect(),
        }
    }

    /// Whether GameLift has an operation of this name, here or in AWS.
    pub(crate) fn has_operation(&self, operation: &str) -> bool {
        self.operations.contains_key(operation)
    }

    fn input(&self, operation: &str) -> Option<&Shape> {
        self.shape(&self.operations.get(operation)?.input)
    }

    fn output(&self, operation: &str) -> Option<&Shape> {
        self.shape(self.operations.get(operation)?.output.as_deref()?)
    }

    fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }
}

impl From<ShapeSource> for Shape {
    fn from(source: ShapeSource) -> Self {
        let pattern = source.pattern.map(|text| Regex::new(&text));
        Self {
            kind: source.kind,
            required: source.required,
            values: source.values,
            min: source.min,
            max: source.max,
            pattern: pattern.map(|compiled| {
                compiled.expect("every pattern of the embedded model is compiled by a test")
            }),
            members: source.members,
            item: source.member.or(source.value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_model_has_every_shape_it_names() {
        let model = Model::load();
        let named = model
            .shapes
            .values()
            .flat_map(|shape| shape.members.values().chain(&shape.item));
        let missing: Vec<_> = named.filter(|name| model.shape(name).is_none()).collect();
        assert_eq!(missing, Vec::<&String>::new());
        assert!(model.has_operation("StartMatchmaking"));
    }
}
