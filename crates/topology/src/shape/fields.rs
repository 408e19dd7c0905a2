//! Typed reading of a record, defaults filled in from its table.
//!
//! A value of the wrong shape has been reported by [`super::check`] before; it reads as its default or as nothing here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Presence, Record};
use crate::node::{Entry, Node, Plain};
use crate::units;

/// The items of a list, or the one value that stands for a list.
pub(crate) fn items(node: &Arc<Node>) -> Vec<&Arc<Node>> {
    match node.sequence() {
        Some(items) => items.iter().collect(),
        None => vec![node],
    }
}

/// A record of the document, which may be absent as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'doc> {
    record: &'static Record,
    node: Option<&'doc Node>,
}

impl<'doc> Fields<'doc> {
    pub(crate) fn new(record: &'static Record, node: Option<&'doc Node>) -> Self {
        Self { record, node }
    }

    /// The value as written, without default.
    pub(crate) fn node(&self, key: &str) -> Option<&'doc Arc<Node>> {
        debug_assert!(
            self.record.field(key).is_some(),
            "{} has no field {key}",
            self.record.name
        );
        self.node?.get(key)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.node(key).is_some()
    }

    fn default(&self, key: &str) -> Option<&'static str> {
        match self.record.field(key)?.presence {
            Presence::Default(text) => Some(text),
            Presence::Required | Presence::Optional => None,
        }
    }

    /// Reads a scalar, or its default.
    fn read<T>(&self, key: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let written = self.node(key).and_then(|node| node.scalar());
        written
            .and_then(|scalar| parse(&scalar.text))
            .or_else(|| self.default(key).and_then(parse))
    }

    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.read(key, |text| Some(text.to_owned()))
    }

    pub(crate) fn text_or_empty(&self, key: &str) -> String {
        self.text(key).unwrap_or_default()
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        self.read(key, |text| text.to_lowercase().parse().ok())
            .unwrap_or(false)
    }

    pub(crate) fn integer(&self, key: &str) -> Option<u32> {
        let written = self
            .node(key)
            .and_then(|node| node.scalar())
            .map(|scalar| scalar.meaning());
        match written {
            Some(Plain::Number(number)) => {
                number.as_u64().and_then(|value| u32::try_from(value).ok())
            }
            _ => self.default(key)?.parse().ok(),
        }
    }

    pub(crate) fn decimal(&self, key: &str) -> f64 {
        self.read(key, |text| text.parse().ok()).unwrap_or(0.0)
    }

    pub(crate) fn duration(&self, key: &str) -> Option<Duration> {
        self.read(key, units::duration)
    }

    pub(crate) fn memory(&self, key: &str) -> u64 {
        self.read(key, units::memory).unwrap_or(0)
    }

    pub(crate) fn quantity<T>(&self, key: &str, parse: fn(&str) -> Option<T>) -> Option<T> {
        self.read(key, parse)
    }

    pub(crate) fn list(&self, key: &str) -> Vec<&'doc Arc<Node>> {
        self.node(key).map(items).unwrap_or_default()
    }

    /// The texts of a list, or of its default: words with commas between.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        if self.has(key) {
            let list = self.list(key).into_iter();
            return list
                .filter_map(|item| item.text().map(str::to_owned))
                .collect();
        }
        let default = self
            .default(key)
            .unwrap_or_default()
            .trim_matches(['[', ']']);
        default
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    pub(crate) fn record(&self, key: &str, record: &'static Record) -> Self {
        Self {
            record,
            node: self.node(key).map(|node| &**node),
        }
    }

    pub(crate) fn maybe_record(&self, key: &str, record: &'static Record) -> Option<Self> {
        self.node(key).map(|node| Self {
            record,
            node: Some(node),
        })
    }

    /// The entries of a map.
    pub(crate) fn entries(
        &self,
        key: &str,
    ) -> impl Iterator<Item = (&'doc str, &'doc Entry)> + use<'doc> {
        let mapping = self.node(key).and_then(|node| node.mapping());
        mapping
            .into_iter()
            .flatten()
            .map(|(name, entry)| (&**name, entry))
    }

    /// The entries of a map, each read as a record.
    pub(crate) fn records<T>(
        &self,
        key: &str,
        record: &'static Record,
        mut read: impl FnMut(&str, Self) -> T,
    ) -> BTreeMap<String, T> {
        let entries = self.entries(key);
        entries
            .map(|(name, entry)| {
                (
                    name.to_owned(),
                    read(name, Self::new(record, Some(&entry.value))),
                )
            })
            .collect()
    }

    /// The entries of a map of texts.
    pub(crate) fn text_map(&self, key: &str) -> BTreeMap<String, String> {
        let entries = self.entries(key);
        entries
            .filter_map(|(name, entry)| Some((name.to_owned(), entry.value.text()?.to_owned())))
            .collect()
    }
}
