//! Who may do more or less than before, and what can be reached from outside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::policy::{Atom, atoms, is_policy, items, show};
use super::ports::{OpenPort, open_ports};
use crate::template::{Resource, Template};

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
}

impl Grant {
    /// Whether it forbids something.
    #[must_use]
    pub fn is_denial(&self) -> bool {
        self.effect == "Deny"
    }
}

/// Compares what two templates permit.
#[must_use]
pub fn security(old: &Template, new: &Template) -> SecurityDiff {
    let (before, after) = (permissions(old), permissions(new));
    let (closed, open) = (open_ports(old), open_ports(new));
    SecurityDiff {
        granted: grants(after.difference(&before)),
        revoked: grants(before.difference(&after)),
        opened: open.difference(&closed).cloned().collect(),
        closed: closed.difference(&open).cloned().collect(),
    }
}

type Permission = (String, Atom);

/// Puts actions together that differ in nothing else.
fn grants<'found>(found: impl Iterator<Item = &'found Permission>) -> Vec<Grant> {
    let mut grouped: BTreeMap<(String, Atom), Vec<String>> = BTreeMap::new();
    for (id, atom) in found {
        let mut key = atom.clone();
        let action = std::mem::take(&mut key.action);
        grouped.entry((id.clone(), key)).or_default().push(action);
    }
    grouped
        .into_iter()
        .map(|((logical_id, atom), actions)| Grant {
            logical_id,
            effect: atom.effect,
            principal: atom.principal,
            resource: atom.resource,
            condition: atom.condition,
            actions,
        })
        .collect()
}

fn permissions(template: &Template) -> BTreeSet<Permission> {
    let mut found = BTreeSet::new();
    for (id, resource) in &template.resources {
        let mut documents = Vec::new();
        collect(&Json::Object(resource.properties.clone()), &mut documents);
        documents.extend(managed_policies(resource));
        documents.extend(invoke_permission(resource));
        let atoms = documents.iter().flat_map(atoms);
        found.extend(atoms.map(|atom| (id.clone(), atom)));
    }
    found
}

/// Policy documents wherever they stand, also those written as text.
fn collect(value: &Json, found: &mut Vec<Json>) {
    match value {
        Json::Object(object) if is_policy(object) => found.push(value.clone()),
        Json::Object(object) => object.values().for_each(|value| collect(value, found)),
        Json::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Json::String(text) if text.contains("\"Statement\"") => {
            if let Some(document) = super::canonical::document(text) {
                collect(&document, found);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// What a managed policy allows isn't in the template; that it is attached is.
fn managed_policies(resource: &Resource) -> Option<Json> {
    let list = resource.properties.get("ManagedPolicyArns")?;
    let statement =
        |arn: &Json| json!({ "Effect": "Allow", "Action": format!("policy {}", show(arn)) });
    Some(json!({ "Statement": items(list).map(statement).collect::<Vec<_>>() }))
}

/// A permission to invoke a function is a policy in another spelling.
fn invoke_permission(resource: &Resource) -> Option<Json> {
    if resource.kind != "AWS::Lambda::Permission" {
        return None;
    }
    let get = |name: &str| resource.properties.get(name);
    let mut condition = Map::new();
    for name in ["SourceArn", "SourceAccount", "PrincipalOrgID"] {
        if let Some(value) = get(name) {
            condition.insert(name.to_owned(), show(value).into());
        }
    }
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": get("Principal").map(show).unwrap_or_default(),
        "Action": get("Action").map(show).unwrap_or_default(),
        "Resource": get("FunctionName").map(show).unwrap_or_default(),
    });
    if !condition.is_empty() {
        statement["Condition"] = Json::Object(condition);
    }
    Some(json!({ "Statement": [statement] }))
}
