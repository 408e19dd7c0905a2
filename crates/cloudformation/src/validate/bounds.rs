//! Closed lists, patterns, bounds and counts.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::function;
use super::properties::Checker;
use super::suggestion::nearest;
use super::{Finding, FindingKind, Path};
use crate::schema::{Node, Types};

/// As many allowed values as a message can hold.
const SHOWN: usize = 12;

impl Checker<'_> {
    /// Checks one text, number or boolean whose type is right.
    pub(super) fn scalar(&mut self, node: &Node, value: &Json, path: Path<'_>) {
        let text = text(value);
        if !node.values.is_empty()
            && !node
                .values
                .iter()
                .any(|allowed| self::text(allowed) == text)
        {
            self.not_allowed(node, &text, path);
            return;
        }
        if let Some(number) = number(node, value) {
            self.range(node, number, path);
        } else {
            self.text(node, &text, path);
        }
    }

    fn not_allowed(&mut self, node: &Node, text: &str, path: Path<'_>) {
        let allowed: Vec<Cow<'_, str>> = node.values.iter().map(self::text).collect();
        let message = if allowed.len() > SHOWN {
            format!("`{text}` is none of the {} allowed values", allowed.len())
        } else {
            format!("`{text}` is not allowed, only {}", allowed.join(", "))
        };
        let hint = nearest(text, &allowed);
        self.findings
            .push(Finding::new(FindingKind::NotAllowed, path, message).with_hint(hint));
    }

    fn range(&mut self, node: &Node, number: f64, path: Path<'_>) {
        if let Some(minimum) = node.minimum.filter(|minimum| number < *minimum) {
            self.find(
                FindingKind::OutOfRange,
                path,
                format!("{number} is below the minimum of {minimum}"),
            );
        }
        if let Some(maximum) = node.maximum.filter(|maximum| number > *maximum) {
            self.find(
                FindingKind::OutOfRange,
                path,
                format!("{number} is above the maximum of {maximum}"),
            );
        }
    }

    fn text(&mut self, node: &Node, text: &str, path: Path<'_>) {
        if node.min_length.is_some() || node.max_length.is_some() {
            let length = text.chars().count();
            if let Some(minimum) = node.min_length.filter(|minimum| length < *minimum) {
                self.find(
                    FindingKind::Length,
                    path,
                    format!("{length} characters, at least {minimum} are required"),
                );
            }
            if let Some(maximum) = node.max_length.filter(|maximum| length > *maximum) {
                self.find(
                    FindingKind::Length,
                    path,
                    format!("{length} characters, at most {maximum} are allowed"),
                );
            }
        }
        if let Some(pattern) = node
            .pattern
            .as_ref()
            .filter(|pattern| !pattern.is_match(text))
        {
            let message = format!(
                "`{}` does not match the pattern {}",
                shortened(text),
                pattern.source()
            );
            self.find(FindingKind::Pattern, path, message);
        }
    }

    pub(super) fn item_count(&mut self, node: &Node, items: &[Json], path: Path<'_>) {
        let certain = items
            .iter()
            .filter(|item| !function::may_vanish(item))
            .count();
        let possible = items
            .iter()
            .filter(|item| !function::is_no_value(item))
            .count();
        if let Some(minimum) = node.min_items.filter(|minimum| possible < *minimum) {
            self.find(
                FindingKind::ItemCount,
                path,
                format!("{possible} items, at least {minimum} are required"),
            );
        }
        if let Some(maximum) = node.max_items.filter(|maximum| certain > *maximum) {
            self.find(
                FindingKind::ItemCount,
                path,
                format!("{certain} items, at most {maximum} are allowed"),
            );
        }
    }

    pub(super) fn property_count(
        &mut self,
        node: &Node,
        object: &Map<String, Json>,
        path: Path<'_>,
    ) {
        let certain = object
            .values()
            .filter(|value| !function::may_vanish(value))
            .count();
        if let Some(minimum) = node
            .min_properties
            .filter(|minimum| object.len() < *minimum)
        {
            self.find(
                FindingKind::ItemCount,
                path,
                format!("{} entries, at least {minimum} are required", object.len()),
            );
        }
        if let Some(maximum) = node.max_properties.filter(|maximum| certain > *maximum) {
            self.find(
                FindingKind::ItemCount,
                path,
                format!("{certain} entries, at most {maximum} are allowed"),
            );
        }
    }

    pub(super) fn unique_items(&mut self, node: &Node, items: &[Json], path: Path<'_>) {
        let keys = |item: &Json| -> Option<Vec<Json>> {
            node.unique_keys
                .iter()
                .map(|key| {
                    item.get(key)
                        .filter(|value| function::called(value).is_none())
                        .cloned()
                })
                .collect()
        };
        for (index, item) in items.iter().enumerate() {
            let earlier = &items[..index];
            if node.unique_items && !function::may_vanish(item) && earlier.contains(item) {
                self.find(
                    FindingKind::DuplicateItem,
                    path.index(index),
                    "the list already has this item",
                );
            } else if !node.unique_keys.is_empty()
                && keys(item).is_some_and(|own| {
                    earlier
                        .iter()
                        .any(|other| keys(other).as_ref() == Some(&own))
                })
            {
                let message = format!(
                    "the list already has an item with this {}",
                    node.unique_keys.join(" and ")
                );
                self.find(FindingKind::DuplicateItem, path.index(index), message);
            }
        }
    }
}

/// A scalar as CloudFormation hands it on.
fn text(value: &Json) -> Cow<'_, str> {
    match value {
        Json::String(text) => Cow::Borrowed(text),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            Cow::Owned(value.to_string())
        }
    }
}

/// The value as a number, where the node wants one.
fn number(node: &Node, value: &Json) -> Option<f64> {
    if !node.types.has(Types::NUMBER.or(Types::INTEGER)) {
        return None;
    }
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

fn shortened(text: &str) -> Cow<'_, str> {
    const LENGTH: usize = 60;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}
