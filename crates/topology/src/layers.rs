//! Layers put over each other: base < environment < region < `--set`.
//!
//! In: trees. Out: one tree, whose values still know their place and layer. Maps merge deeply, lists and scalars
//! replace, and a null removes what the layers below say. Nulls stay as marks until [`strip`], since a fleet may
//! inherit (`like`) and must not get back what it removed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::codes;
use crate::findings::{Finding, Findings};
use crate::nearest;
use crate::node::{Content, Entry, Mapping, Node};

/// Puts one value over another.
pub(crate) fn merge(below: &Arc<Node>, above: &Arc<Node>) -> Arc<Node> {
    let (Some(lower), Some(upper)) = (below.mapping(), above.mapping()) else {
        return above.clone();
    };
    let mut mapping = lower.clone();
    for (key, entry) in upper {
        let merged = match mapping.get(key) {
            Some(old) => Entry {
                key: if entry.value.mapping().is_some() {
                    old.key
                } else {
                    entry.key
                },
                value: merge(&old.value, &entry.value),
            },
            None => entry.clone(),
        };
        mapping.insert(key.clone(), merged);
    }
    with_mapping(below, mapping)
}

/// The same value with other entries.
pub(crate) fn with_mapping(node: &Arc<Node>, mapping: Mapping) -> Arc<Node> {
    Arc::new(Node {
        place: node.place,
        layer: node.layer,
        content: Content::Mapping(mapping),
    })
}

/// A map without some of its keys.
pub(crate) fn without(node: &Arc<Node>, remove: impl Fn(&str) -> bool) -> Arc<Node> {
    match node.mapping() {
        Some(mapping) if mapping.keys().any(|key| remove(key)) => {
            let kept = mapping.iter().filter(|(key, _)| !remove(key));
            with_mapping(
                node,
                kept.map(|(key, entry)| (key.clone(), entry.clone()))
                    .collect(),
            )
        }
        _ => node.clone(),
    }
}

/// Takes the nulls out of maps.
pub(crate) fn strip(node: &Arc<Node>) -> Arc<Node> {
    let Some(mapping) = node.mapping() else {
        return node.clone();
    };
    if !holds_null(node) {
        return node.clone();
    }
    let kept = mapping.iter().filter(|(_, entry)| !entry.value.is_null());
    let stripped = kept.map(|(key, entry)| {
        (
            key.clone(),
            Entry {
                key: entry.key,
                value: strip(&entry.value),
            },
        )
    });
    with_mapping(node, stripped.collect())
}

fn holds_null(node: &Node) -> bool {
    node.mapping().is_some_and(|mapping| {
        mapping
            .values()
            .any(|entry| entry.value.is_null() || holds_null(&entry.value))
    })
}

/// Gives fleets with `like` the settings of the fleet they name.
pub(crate) fn inherit(root: &Arc<Node>, findings: &mut Findings) -> Arc<Node> {
    let Some(fleets) = root.get("fleets").and_then(|fleets| fleets.mapping()) else {
        return root.clone();
    };
    if !fleets
        .values()
        .any(|entry| entry.value.get("like").is_some())
    {
        return root.clone();
    }
    let mut done = BTreeMap::new();
    for name in fleets.keys() {
        complete(name, fleets, &mut Vec::new(), &mut done, findings);
    }
    let complete = fleets.iter().map(|(name, entry)| {
        let value = done.get(&**name).unwrap_or(&entry.value).clone();
        (
            name.clone(),
            Entry {
                key: entry.key,
                value,
            },
        )
    });
    let (Some(mapping), Some(section)) = (root.mapping(), root.entry("fleets")) else {
        return root.clone();
    };
    let mut sections = mapping.clone();
    let fleets = with_mapping(&section.value, complete.collect());
    sections.insert(
        "fleets".into(),
        Entry {
            key: section.key,
            value: fleets,
        },
    );
    with_mapping(root, sections)
}

/// Fleets between one and its last ancestor; the limit guards the stack.
const LONGEST_LINE: usize = 32;

/// A fleet with everything it inherits; remembers it in `done`.
fn complete<'doc>(
    name: &'doc str,
    fleets: &'doc Mapping,
    path: &mut Vec<&'doc str>,
    done: &mut BTreeMap<&'doc str, Arc<Node>>,
    findings: &mut Findings,
) -> Option<Arc<Node>> {
    if let Some(fleet) = done.get(name) {
        return Some(fleet.clone());
    }
    let own = &fleets.get(name)?.value;
    let key = fleets.get(name)?.key;
    let parent = own.get("like").and_then(|like| Some((like, like.text()?)));
    let whole = match parent {
        None => own.clone(),
        Some((like, parent))
            if parent == name || path.contains(&parent) || path.len() >= LONGEST_LINE =>
        {
            let message = match path.len() {
                LONGEST_LINE.. => {
                    format!("fleet `{name}` inherits through more than {LONGEST_LINE} others")
                }
                _ => format!("fleet `{name}` inherits from itself through `{parent}`"),
            };
            findings.push_shape(Finding::error(codes::LIKE_CYCLE, like.place, message));
            findings.silence(key);
            own.clone()
        }
        Some((like, parent))
            if fleets
                .get(parent)
                .is_none_or(|entry| entry.value.mapping().is_none()) =>
        {
            let message = format!("unknown fleet `{parent}`");
            let known = fleets.keys().map(|key| &**key).filter(|key| *key != name);
            findings.push_shape(
                Finding::error(codes::UNKNOWN_NAME, like.place, message)
                    .hints(nearest::hint(parent, known)),
            );
            findings.silence(key);
            own.clone()
        }
        Some((_, parent)) => {
            path.push(name);
            let inherited = complete(parent, fleets, path, done, findings);
            path.pop();
            inherited.map_or_else(|| own.clone(), |base| merge(&base, own))
        }
    };
    done.insert(name, whole.clone());
    Some(whole)
}
