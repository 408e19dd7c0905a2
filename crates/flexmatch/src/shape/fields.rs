//! Typed access to the properties of one JSON object.
//!
//! Every reader reports what is wrong and returns `None` for it; absent optional properties are `None` without report.

use crate::code;
use crate::json::{Member, Node, Value};
use crate::keyword::Keyword;
use crate::path::Path;
use crate::report::Report;
use crate::suggest;

/// The properties of one object.
pub(crate) struct Fields<'a> {
    members: &'a [Member],
    pub(crate) path: Path,
}

impl<'a> Fields<'a> {
    /// Opens an object.
    pub(crate) fn of(node: &'a Node, path: &Path, report: &mut Report<'_>) -> Option<Self> {
        match &node.value {
            Value::Object(members) => Some(Self {
                members,
                path: path.clone(),
            }),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => {
                wrong_type(node, path, "an object", report);
                None
            }
        }
    }

    /// The value of a property, if it is there.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Node> {
        self.members
            .iter()
            .find(|member| member.key == key)
            .map(|member| &member.value)
    }

    /// The value of a property that must be there.
    pub(crate) fn required(&self, key: &'static str, report: &mut Report<'_>) -> Option<&'a Node> {
        let node = self.get(key);
        if node.is_none() {
            report.error(
                &self.path,
                code::MISSING_PROPERTY,
                format!("required property `{key}` is missing"),
            );
        }
        node
    }

    pub(crate) fn text(&self, key: &'static str, report: &mut Report<'_>) -> Option<&'a str> {
        let node = self.get(key)?;
        if node.as_text().is_none() {
            wrong_type(node, &self.path.key(key), "a string", report);
        }
        node.as_text()
    }

    pub(crate) fn required_text(
        &self,
        key: &'static str,
        report: &mut Report<'_>,
    ) -> Option<&'a str> {
        self.required(key, report)?;
        self.text(key, report)
    }

    /// The name of an item: required and not empty.
    pub(crate) fn name(&self, report: &mut Report<'_>) -> Option<String> {
        let name = self.required_text("name", report)?;
        if name.is_empty() {
            report.error(
                &self.path.key("name"),
                code::MISSING_PROPERTY,
                "the name is empty",
            );
        }
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// A number that isn't negative, also one written as a string.
    pub(crate) fn bound(&self, key: &'static str, report: &mut Report<'_>) -> Option<f64> {
        let node = self.get(key)?;
        let path = self.path.key(key);
        let Some(number) = node.as_number() else {
            wrong_type(node, &path, "a number", report);
            return None;
        };
        if number < 0.0 {
            report.error(
                &path,
                code::OUT_OF_RANGE,
                format!("`{key}` is {number}, it can't be negative"),
            );
            return None;
        }
        Some(number)
    }

    /// A whole number from `minimum` on, also one written as a string.
    pub(crate) fn count(
        &self,
        key: &'static str,
        minimum: u32,
        report: &mut Report<'_>,
    ) -> Option<u32> {
        let node = self.get(key)?;
        let path = self.path.key(key);
        let Some(number) = node.as_number().filter(|number| number.fract() == 0.0) else {
            wrong_type(node, &path, "a whole number", report);
            return None;
        };
        if number < f64::from(minimum) || number > f64::from(i32::MAX) {
            let message =
                format!("`{key}` is {number}, it must be at least {minimum} and fit 31 bits");
            report.error(&path, code::OUT_OF_RANGE, message);
            return None;
        }
        format!("{number:.0}").parse().ok()
    }

    /// A word of an enumeration.
    pub(crate) fn word<K: Keyword>(&self, key: &'static str, report: &mut Report<'_>) -> Option<K> {
        let word = self.text(key, report)?;
        let keyword = K::from_word(word);
        if keyword.is_none() {
            let known = K::ALL.iter().map(|(known, _)| *known);
            report
                .error(
                    &self.path.key(key),
                    code::UNKNOWN_WORD,
                    format!("`{key}` can't be `{word}`"),
                )
                .hint = suggest::hint(word, known);
        }
        keyword
    }

    /// The items of an array, each with its path; empty when absent.
    pub(crate) fn items(
        &self,
        key: &'static str,
        report: &mut Report<'_>,
    ) -> Vec<(Path, &'a Node)> {
        let Some(node) = self.get(key) else {
            return Vec::new();
        };
        let path = self.path.key(key);
        let Some(items) = node.as_items() else {
            wrong_type(node, &path, "an array", report);
            return Vec::new();
        };
        items
            .iter()
            .enumerate()
            .map(|(index, item)| (path.index(index), item))
            .collect()
    }

    /// Warns of keys outside `known`.
    pub(crate) fn warn_of_unknown(&self, known: &[&str], report: &mut Report<'_>) {
        for member in self
            .members
            .iter()
            .filter(|member| !known.contains(&member.key.as_str()))
        {
            let path = self.path.key(member.key.clone());
            let message = format!("key `{}` isn't part of the language here", member.key);
            report
                .key_warning(member, &path, code::UNKNOWN_KEY, message)
                .hint = suggest::hint(&member.key, known.iter().copied());
        }
    }
}

/// Reports a value of the wrong JSON type.
pub(crate) fn wrong_type(node: &Node, path: &Path, expected: &str, report: &mut Report<'_>) {
    report.error(
        path,
        code::WRONG_TYPE,
        format!("expected {expected}, found {}", node.kind()),
    );
}

/// A list of strings; `None` after a report when an item is something else.
pub(crate) fn text_list(node: &Node, path: &Path, report: &mut Report<'_>) -> Option<Vec<String>> {
    let Some(items) = node.as_items() else {
        wrong_type(node, path, "an array of strings", report);
        return None;
    };
    let mut texts = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match item.as_text() {
            Some(text) => texts.push(text.to_owned()),
            None => wrong_type(item, &path.index(index), "a string", report),
        }
    }
    (texts.len() == items.len()).then_some(texts)
}
