//! Stacks that change in the same way, but for where they are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Value as Json, json};

use crate::model::StackReview;

/// Ids that AWS gives differ in each region and mean nothing.
static IDS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{13,}|\b[0-9a-f]{16,}\b").ok());

/// Groups the stacks that differ by their indices, in the order of the first of each group.
#[must_use]
pub fn fold(stacks: &[StackReview]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let changed: Vec<(usize, &StackReview)> = stacks
        .iter()
        .enumerate()
        .filter(|(_, stack)| stack.has_changes())
        .collect();
    if let [(only, _)] = changed.as_slice() {
        // Nothing to compare it with.
        return vec![vec![*only]];
    }
    for (index, stack) in changed {
        let place = *known.entry(key(stack)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

/// What two stacks have in common when they change in the same way.
fn key(stack: &StackReview) -> String {
    let mut copy = stack.clone();
    copy.change_set = None;
    copy.headroom = None;
    for resource in &mut copy.resources {
        resource.physical_id = None;
    }
    let mut value = json!(copy);
    neutral(&mut value, &stack.region);
    value.to_string()
}

/// Takes the region and AWS's ids out of all texts. Digests of archives stay: they are content.
fn neutral(value: &mut Json, region: &str) {
    match value {
        Json::String(text) => {
            if !region.is_empty() {
                *text = text.replace(region, "{region}");
            }
            if let Some(ids) = IDS.as_ref().filter(|_| is_id(text)) {
                *text = ids.replace_all(text, "{id}").into_owned();
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| neutral(item, region)),
        Json::Object(object) => object.values_mut().for_each(|item| neutral(item, region)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// Whether a text is an ARN or an id like `fleet-1a2b…`, rather than a key or a body.
fn is_id(text: &str) -> bool {
    text.starts_with("arn:") || !text.contains(['/', ' ', '{', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Method, PropertyReview, ResourceAction, Shown};
    use crate::testing::{CERTAIN, resource, stack};

    fn changed(region: &str, before: &str) -> StackReview {
        let mut stack = stack("game", region);
        let mut fleet = resource("Fleet", ResourceAction::Replace);
        fleet.physical_id = Some(format!("fleet-of-{region}"));
        fleet.properties = vec![PropertyReview {
            path: "BuildId".to_owned(),
            before: Some(Shown::Value(before.into())),
            after: None,
            replaces: true,
            verdict: CERTAIN,
            write_only: false,
        }];
        stack.resources = vec![fleet];
        stack.change_set = Some(format!("arn:{region}"));
        stack
    }

    #[test]
    fn regions_and_ids_make_no_difference() {
        let stacks = [
            changed("us-east-1", "build-1111aaaa-2222-3333-4444-555566667777"),
            changed("eu-west-1", "build-9999bbbb-2222-3333-4444-555566667777"),
            changed("sa-east-1", "arn:aws:gamelift:sa-east-1:1:build/x"),
            changed("ap-south-1", "arn:aws:gamelift:ap-south-1:1:build/x"),
        ];
        assert_eq!(fold(&stacks), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn other_archives_are_other_changes() {
        let stacks = [
            changed("us-east-1", "handlers/status-0123456789abcdef.zip"),
            changed("eu-west-1", "handlers/status-fedcba9876543210.zip"),
        ];
        assert_eq!(fold(&stacks).len(), 2);
    }

    #[test]
    fn unchanged_stacks_are_in_no_group() {
        let stacks = [StackReview::unchanged("a", "r", Method::Changeset)];
        assert!(fold(&stacks).is_empty());
    }
}
