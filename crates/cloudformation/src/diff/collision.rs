//! Names that are still taken when a new resource asks for them.

use std::collections::BTreeMap;

use super::resolved::Resolved;
use super::{Collision, Impact, ResourceChange};

/// Finds resources that can't be made: CloudFormation makes what is new before it removes what is old, and leaves what is
/// retained, so a name that the old one has is refused.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html>
pub(super) fn collisions(
    changes: &BTreeMap<String, ResourceChange>,
    old: &Resolved<'_>,
    new: &Resolved<'_>,
) -> Vec<Collision> {
    let mut taken = BTreeMap::new();
    for (id, change) in changes {
        let leaves = match change.impact {
            Impact::Orphan
            | Impact::MayReplace
            | Impact::Replace
            | Impact::Snapshot
            | Impact::Destroy => true,
            Impact::None | Impact::Update | Impact::Create => false,
        };
        if let Some((key, _)) = names(old, id).filter(|_| leaves) {
            taken.insert(key, id);
        }
    }
    let made = changes.iter().filter(|(_, change)| match change.impact {
        Impact::Create | Impact::MayReplace | Impact::Replace => true,
        Impact::None | Impact::Update | Impact::Orphan | Impact::Snapshot | Impact::Destroy => {
            false
        }
    });
    made.filter_map(|(id, change)| {
        let (key, properties) = names(new, id)?;
        // A value that is known only later may be another one.
        let is_given = !properties.iter().any(|name| change.is_postponed(name));
        Some(Collision {
            id: id.clone(),
            with: (*taken.get(&key).filter(|_| is_given)?).clone(),
            properties: properties.into_iter().map(str::to_owned).collect(),
        })
    })
    .collect()
}

/// What names a resource, and the properties it consists of; none: AWS names it.
fn names(side: &Resolved<'_>, id: &str) -> Option<(String, Vec<&'static str>)> {
    let resource = side.resources.get(id)?;
    let names = resource.names()?;
    let create_only = resource.schema()?.create_only();
    let (properties, values): (Vec<_>, Vec<_>) = names.into_iter().unzip();
    properties
        .iter()
        .any(|name| create_only.iter().any(|known| known == name))
        .then(|| (format!("{} {values:?}", resource.raw.kind), properties))
}
