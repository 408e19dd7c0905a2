//! What a change does to a resource, as the registry schemas tell.

use super::Impact;
use super::path::Path;
use crate::schema::ResourceSchema;
use crate::template::{DeletionPolicy, Resource};

/// What the change of a property does to its resource.
pub(super) fn of_property(schema: Option<&ResourceSchema>, path: &Path) -> Impact {
    // Nothing is known of other types; `Custom::` ones are replaced when they answer with another id.
    let Some(schema) = schema else {
        return Impact::MayReplace;
    };
    let path = path.schema();
    let concerns = |list: &[String]| list.iter().any(|known| overlap(known, &path));
    if concerns(schema.create_only()) {
        Impact::Replace
    } else if concerns(schema.conditional_create_only()) {
        Impact::MayReplace
    } else {
        Impact::Update
    }
}

/// Whether a property, in the spelling of schemas, can't be read back. One that only holds such a property can.
pub(super) fn is_write_only(schema: Option<&ResourceSchema>, path: &str) -> bool {
    let known = schema.map(ResourceSchema::write_only).unwrap_or_default();
    known
        .iter()
        .any(|known| known.split('/').count() <= path.split('/').count() && overlap(known, path))
}

/// Whether one path is the other or stands above it.
fn overlap(one: &str, other: &str) -> bool {
    let mut parts = one.split('/').zip(other.split('/'));
    parts.all(|(one, other)| one == other || one == "*" || other == "*")
}

/// What the change of an attribute beside `Properties` does: metadata reach some resources, the others only CloudFormation.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html>
pub(super) fn of_attribute(path: &Path) -> Impact {
    match path.schema().split('/').next() {
        Some("Metadata") => Impact::Update,
        _ => Impact::None,
    }
}

/// What becomes of a resource that leaves its template.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
pub(super) fn of_removal(resource: &Resource) -> Impact {
    match resource.deletion_policy {
        Some(DeletionPolicy::Retain | DeletionPolicy::RetainExceptOnCreate) => Impact::Orphan,
        Some(DeletionPolicy::Snapshot) => Impact::Snapshot,
        Some(DeletionPolicy::Delete) => Impact::Destroy,
        None if has_snapshot_by_default(resource) => Impact::Snapshot,
        None => Impact::Destroy,
    }
}

fn has_snapshot_by_default(resource: &Resource) -> bool {
    match resource.kind.as_str() {
        "AWS::RDS::DBCluster" => true,
        "AWS::RDS::DBInstance" => !resource.properties.contains_key("DBClusterIdentifier"),
        _ => false,
    }
}
