//! The registry schemas of resource types, compiled in.
//!
//! Comes in: a type's name. Goes out: what may be set, what a change of it means, what can be read back. A schema is
//! parsed when its type is first asked for, once per process.

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/schemas.rs"));
}
mod node;
mod pattern;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value as Json;

pub(crate) use node::{Node, Types};
pub(crate) use pattern::Pattern;

const COUNT: usize = embedded::TEXTS.len();

/// Types whose properties can all be read with `Fn::GetAtt`, beyond what their schema calls read-only.
const READABLE: [&str; 6] = [
    "AWS::GameLift::GameSessionQueue",
    "AWS::GameLift::MatchmakingConfiguration",
    "AWS::GameLift::MatchmakingRuleSet",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SSM::Parameter",
];

/// The schema of one resource type.
///
/// Property lists hold paths below `Properties` with `/` between the names and `*` for the items of a list.
#[derive(Debug)]
pub struct ResourceSchema {
    kind: &'static str,
    root: Node,
    definitions: Vec<Node>,
    read_only: Vec<String>,
    create_only: Vec<String>,
    conditional_create_only: Vec<String>,
    write_only: Vec<String>,
    primary_identifier: Vec<String>,
}

/// The schema of a type, if it is one of those compiled in.
#[must_use]
pub fn resource_type(kind: &str) -> Option<&'static ResourceSchema> {
    static COMPILED: [OnceLock<Option<ResourceSchema>>; COUNT] = [const { OnceLock::new() }; COUNT];
    let index = embedded::TEXTS
        .binary_search_by_key(&kind, |(kind, _)| *kind)
        .ok()?;
    let (kind, text) = embedded::TEXTS[index];
    COMPILED[index]
        .get_or_init(|| ResourceSchema::parse(kind, text))
        .as_ref()
}

/// The names of all types compiled in, sorted.
pub fn resource_types() -> impl Iterator<Item = &'static str> {
    embedded::TEXTS.iter().map(|(kind, _)| *kind)
}

/// Whether a type exists in a Region; none when the type or the Region isn't known here.
#[must_use]
pub fn is_available(kind: &str, region: &str) -> Option<bool> {
    static REGIONS: OnceLock<BTreeMap<String, Vec<String>>> = OnceLock::new();
    let table = REGIONS.get_or_init(|| serde_json::from_str(embedded::REGIONS).unwrap_or_default());
    let known = |regions: &Vec<String>| regions.iter().any(|name| name == region);
    let available = table.get(kind).map(known)?;
    (available || table.values().any(known)).then_some(available)
}

impl ResourceSchema {
    fn parse(kind: &'static str, text: &str) -> Option<Self> {
        let schema: Json = serde_json::from_str(text).ok()?;
        let names: Vec<&str> = schema["definitions"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect();
        let index = |name: &str| names.iter().position(|known| *known == name);
        let definitions = schema["definitions"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, node)| Node::compile(node, &index));
        Some(Self {
            kind,
            definitions: definitions.collect(),
            root: Node::compile(&schema, &index),
            read_only: paths(&schema, "readOnlyProperties"),
            create_only: paths(&schema, "createOnlyProperties"),
            conditional_create_only: paths(&schema, "conditionalCreateOnlyProperties"),
            write_only: paths(&schema, "writeOnlyProperties"),
            primary_identifier: paths(&schema, "primaryIdentifier"),
        })
    }

    /// The type's name.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Properties that AWS sets.
    #[must_use]
    pub fn read_only(&self) -> &[String] {
        &self.read_only
    }

    /// Properties whose change replaces the resource.
    #[must_use]
    pub fn create_only(&self) -> &[String] {
        &self.create_only
    }

    /// Properties whose change replaces the resource in some cases.
    #[must_use]
    pub fn conditional_create_only(&self) -> &[String] {
        &self.conditional_create_only
    }

    /// Properties that can be set but not read back.
    #[must_use]
    pub fn write_only(&self) -> &[String] {
        &self.write_only
    }

    /// Properties that identify a resource of this type.
    #[must_use]
    pub fn primary_identifier(&self) -> &[String] {
        &self.primary_identifier
    }

    /// Whether the order of a list means nothing. The path is below `Properties`; indices may stand for `*`.
    #[must_use]
    pub fn is_unordered(&self, path: &str) -> bool {
        self.node_at(path).is_some_and(|node| node.unordered)
    }

    /// Whether `Fn::GetAtt` knows this attribute.
    #[must_use]
    pub fn has_attribute(&self, attribute: &str) -> bool {
        let path = attribute.replace('.', "/");
        let below = |known: &String| {
            path.strip_prefix(known.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.read_only.iter().any(below)
            || (READABLE.contains(&self.kind) && self.node_at(&path).is_some())
    }

    /// The attributes that `Fn::GetAtt` knows, with dots.
    pub fn attributes(&self) -> impl Iterator<Item = String> {
        let readable = READABLE
            .contains(&self.kind)
            .then(|| self.root.properties.keys().cloned());
        let read_only = self
            .read_only
            .iter()
            .filter(|path| !path.contains('*'))
            .map(|path| path.replace('/', "."));
        read_only.chain(readable.into_iter().flatten())
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    pub(crate) fn definition(&self, index: usize) -> Option<&Node> {
        self.definitions.get(index)
    }

    /// The node of a property, through references, lists and the first alternative that has it.
    pub(crate) fn node_at(&self, path: &str) -> Option<&Node> {
        path.split('/')
            .try_fold(&self.root, |node, part| {
                let node = self.resolved(node);
                let item = || {
                    node.items
                        .as_deref()
                        .filter(|_| part == "*" || part.bytes().all(|byte| byte.is_ascii_digit()))
                };
                node.properties.get(part).or_else(item)
            })
            .map(|node| self.resolved(node))
    }

    fn resolved<'a>(&'a self, node: &'a Node) -> &'a Node {
        let mut node = node;
        // Bounded, in case a schema refers in a circle.
        for _ in 0..8 {
            let next = node.reference.and_then(|index| self.definition(index));
            match next.or_else(|| {
                node.one_of
                    .first()
                    .filter(|first| first.reference.is_some())
            }) {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }
}

fn paths(schema: &Json, list: &str) -> Vec<String> {
    let paths = schema[list]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str);
    paths
        .filter_map(|path| path.strip_prefix("/properties/"))
        .map(|path| path.replace("/items/", "/*/"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_compiles_with_all_its_patterns() {
        for kind in resource_types() {
            let schema = resource_type(kind).expect(kind);
            assert!(!schema.root.properties.is_empty(), "{kind}");
        }
        assert!(resource_type("AWS::Nowhere::Thing").is_none());
    }

    #[test]
    fn lists_of_properties_are_paths() {
        let fleet = resource_type("AWS::GameLift::Fleet").expect("compiled in");
        assert!(fleet.create_only().contains(&"EC2InstanceType".to_owned()));
        assert!(
            fleet
                .read_only()
                .contains(&"Locations/*/PlayerGatewayStatus".to_owned())
        );
        assert!(
            resource_type("AWS::DynamoDB::Table")
                .expect("compiled in")
                .conditional_create_only()
                .contains(&"KeySchema".to_owned())
        );
    }

    #[test]
    fn order_of_tags_means_nothing() {
        let queue = resource_type("AWS::GameLift::GameSessionQueue").expect("compiled in");
        assert!(queue.is_unordered("Tags"));
        assert!(!queue.is_unordered("Destinations/0/DestinationArn"));
    }

    #[test]
    fn attributes_come_from_read_only_properties_and_known_exceptions() {
        let has =
            |kind: &str, attribute: &str| resource_type(kind).expect(kind).has_attribute(attribute);
        assert!(has("AWS::DynamoDB::Table", "Arn"));
        assert!(!has("AWS::DynamoDB::Table", "Arm"));
        assert!(has("AWS::SQS::Queue", "QueueName"));
        assert!(has("AWS::GameLift::MatchmakingRuleSet", "Name"));
        assert!(!has("AWS::GameLift::Fleet", "Name"));
    }

    #[test]
    fn regions_of_a_type_are_known() {
        assert_eq!(
            is_available("AWS::GameLift::Fleet", "eu-central-1"),
            Some(true)
        );
        assert_eq!(is_available("AWS::GameLift::Fleet", "mars-north-1"), None);
        assert_eq!(is_available("AWS::Nowhere::Thing", "eu-central-1"), None);
    }
}
