//! Which IAM actions managing a resource takes.
//!
//! In: a resource type. Out: the actions its registry handlers name, as far as IAM knows them. The data are
//! `schemas/permissions.json`, see `schemas/README.md`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The IAM actions that CloudFormation calls to manage resources of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Permissions {
    /// Actions that a policy can narrow to some resources.
    pub narrow: Vec<String>,
    /// Actions that IAM allows for all resources or none.
    pub wide: Vec<String>,
}

static TABLE: LazyLock<BTreeMap<String, Permissions>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../schemas/permissions.json"))
        .expect("a test reads the same file")
});

/// The actions of a type; none: the type isn't among our schemas.
#[must_use]
pub fn permissions(kind: &str) -> Option<&'static Permissions> {
    TABLE.get(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn every_type_with_a_schema_has_its_actions() {
        for kind in schema::resource_types() {
            let found = permissions(kind);
            assert!(
                found.is_some_and(|found| !found.narrow.is_empty() || !found.wide.is_empty()),
                "{kind}"
            );
        }
    }
}
