//! Properties that need or exclude each other.

use serde_json::{Map, Value as Json};

use super::function;
use super::properties::Checker;
use super::{FindingKind, Path};
use crate::schema::Node;

/// Whether a property is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Given,
    /// Depends on a condition.
    Perhaps,
    Absent,
}

impl Checker<'_> {
    pub(super) fn combinations(&mut self, node: &Node, object: &Map<String, Json>, path: Path<'_>) {
        let is = |name: &String, presence: Presence| self::presence(object, name) == presence;
        let mut found = Vec::new();
        for (name, needed) in &node.dependent_required {
            if is(name, Presence::Given) {
                let missing = needed.iter().filter(|other| is(other, Presence::Absent));
                found.extend(missing.map(|other| format!("`{name}` needs `{other}` beside it")));
            }
        }
        for (name, excluded) in &node.dependent_excluded {
            if is(name, Presence::Given) {
                let given = excluded.iter().filter(|other| is(other, Presence::Given));
                // Exclusion is listed from both sides; once is enough.
                let both = |other: &String| {
                    node.dependent_excluded
                        .get(other)
                        .is_some_and(|back| back.contains(name))
                        && other < name
                };
                found.extend(
                    given
                        .filter(|other| !both(other))
                        .map(|other| format!("`{name}` can't be combined with `{other}`")),
                );
            }
        }
        if !node.required_or.is_empty()
            && node
                .required_or
                .iter()
                .all(|name| is(name, Presence::Absent))
        {
            found.push(format!(
                "one of {} is required",
                node.required_or.join(", ")
            ));
        }
        if !node.required_xor.is_empty() {
            let given: Vec<&str> = node
                .required_xor
                .iter()
                .filter(|name| is(name, Presence::Given))
                .map(String::as_str)
                .collect();
            if given.len() > 1 {
                found.push(format!("only one of {} can be given", given.join(", ")));
            } else if node
                .required_xor
                .iter()
                .all(|name| is(name, Presence::Absent))
            {
                found.push(format!(
                    "one of {} is required",
                    node.required_xor.join(", ")
                ));
            }
        }
        for message in found {
            self.find(FindingKind::PropertyCombination, path, message);
        }
    }
}

fn presence(object: &Map<String, Json>, name: &str) -> Presence {
    match object.get(name) {
        None => Presence::Absent,
        Some(value) if function::is_no_value(value) => Presence::Absent,
        // Services take an empty list for none at all.
        Some(Json::Array(items)) if items.is_empty() => Presence::Perhaps,
        Some(value) if function::may_vanish(value) => Presence::Perhaps,
        Some(_) => Presence::Given,
    }
}
