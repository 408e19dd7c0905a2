//! Who may do more or less than before, and what can be reached from outside.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use super::permissions::permissions;
use super::policy::Atom;
use super::ports::{OpenPort, ports};
use super::resolved::{Resolved, Same};

/// Permissions and ports that come and go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityDiff {
    /// Permissions that come.
    pub granted: Vec<Grant>,
    /// Permissions that go.
    pub revoked: Vec<Grant>,
    /// Ports that open.
    pub opened: Vec<OpenPort>,
    /// Ports that close.
    pub closed: Vec<OpenPort>,
}

/// Whether somebody can do more than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// More.
    Broader,
    /// As much: the other template says it in other words.
    Same,
    /// Less.
    Narrower,
}

/// What one statement of a policy says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The role, policy or resource that carries it.
    pub logical_id: String,
    /// `Allow` or `Deny`.
    pub effect: String,
    /// Who; empty for policies of a role.
    pub principal: String,
    /// On what; empty where the carrier itself is meant.
    pub resource: String,
    /// When, as JSON; empty: always.
    pub condition: String,
    /// What.
    pub actions: Vec<String>,
    /// Whether somebody can do more or less because it comes or goes.
    pub reach: Reach,
}

/// Compares what two templates permit, as far as the values of their parameters are known.
#[must_use]
pub fn security(old: &Side<'_>, new: &Side<'_>) -> SecurityDiff {
    let (old, new) = (Resolved::new(old), Resolved::new(new));
    of_resolved(&old, &new, &old.same_as(&new))
}

pub(super) fn of_resolved(old: &Resolved<'_>, new: &Resolved<'_>, same: &Same<'_>) -> SecurityDiff {
    // What a resource permits that is the same in both makes no difference.
    let (old, new) = (old.unlike(same), new.unlike(same));
    let (before, after) = (permissions(&old), permissions(&new));
    let (opened, closed) = ports(&old, &new);
    SecurityDiff {
        granted: grants(&after, &before, Reach::Broader),
        revoked: grants(&before, &after, Reach::Narrower),
        opened,
        closed,
    }
}

type Permissions = BTreeSet<(String, Atom)>;

/// What one side has and the other lacks; actions stand together that differ in nothing else. `reach` is that of an `Allow`.
fn grants(found: &Permissions, others: &Permissions, reach: Reach) -> Vec<Grant> {
    let mut grouped: BTreeMap<(String, Atom, Reach), Vec<String>> = BTreeMap::new();
    for permission in found.difference(others) {
        let (id, atom) = permission;
        let is_covered = others
            .iter()
            .any(|(other, known)| other == id && known.covers(atom));
        let reach = match (is_covered, atom.is_denial()) {
            (true, _) => Reach::Same,
            (false, false) => reach,
            (false, true) => reach.opposite(),
        };
        let mut key = atom.clone();
        let action = std::mem::take(&mut key.action);
        grouped
            .entry((id.clone(), key, reach))
            .or_default()
            .push(action);
    }
    grouped
        .into_iter()
        .map(|((logical_id, atom, reach), actions)| Grant {
            logical_id,
            effect: atom.effect,
            principal: atom.principal,
            resource: atom.resource,
            condition: atom.condition,
            actions,
            reach,
        })
        .collect()
}

impl Reach {
    fn opposite(self) -> Self {
        match self {
            Self::Broader => Self::Narrower,
            Self::Same => Self::Same,
            Self::Narrower => Self::Broader,
        }
    }
}
