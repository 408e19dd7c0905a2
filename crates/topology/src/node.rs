//! The tree that stands between YAML and decoding: every value knows where it was written and which layer wrote it.
//!
//! Children are shared, so that applying an overlay copies only the maps on its way.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Number, Value};

use crate::environment::Layer;
use crate::problem::Span;

/// Where a value was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// 0: the topology file; n: the n-th `--set`.
    pub(crate) source: usize,
    pub(crate) span: Span,
}

/// A value of the document.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) layer: Layer,
    pub(crate) content: Content,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Scalar(Scalar),
    Sequence(Vec<Arc<Node>>),
    Mapping(Mapping),
}

/// Entries by key: the order in the file means nothing.
pub(crate) type Mapping = BTreeMap<Arc<str>, Entry>;

/// One entry of a mapping.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Place,
    pub(crate) value: Arc<Node>,
}

/// Text as written; a plain one may stand for null, a truth value or a number.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    pub(crate) text: Arc<str>,
    pub(crate) plain: bool,
}

/// What YAML 1.2's core schema says a plain scalar is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plain {
    Null,
    Flag(bool),
    Number(Number),
    Text,
}

impl Scalar {
    /// The meaning of the scalar; quoted ones are always text.
    pub(crate) fn meaning(&self) -> Plain {
        if !self.plain {
            return Plain::Text;
        }
        match &*self.text {
            "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
            "true" | "True" | "TRUE" => Plain::Flag(true),
            "false" | "False" | "FALSE" => Plain::Flag(false),
            text => number(text).map_or(Plain::Text, Plain::Number),
        }
    }
}

/// A decimal number, or a hexadecimal or octal integer with its prefix.
fn number(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0x") {
        return digits
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
            .then(|| u64::from_str_radix(digits, 16).ok())?
            .map(Number::from);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| u64::from_str_radix(digits, 8).ok())?
            .map(Number::from);
    }
    let numeric = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if !numeric || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Ok(integer) = unsigned.parse::<i64>() {
        return Some(integer.into());
    }
    if let Ok(integer) = unsigned.parse::<u64>() {
        return Some(integer.into());
    }
    unsigned.parse::<f64>().ok().and_then(Number::from_f64)
}

impl Node {
    pub(crate) fn mapping(&self) -> Option<&Mapping> {
        match &self.content {
            Content::Mapping(mapping) => Some(mapping),
            Content::Scalar(_) | Content::Sequence(_) => None,
        }
    }

    pub(crate) fn sequence(&self) -> Option<&[Arc<Self>]> {
        match &self.content {
            Content::Sequence(items) => Some(items),
            Content::Scalar(_) | Content::Mapping(_) => None,
        }
    }

    pub(crate) fn scalar(&self) -> Option<&Scalar> {
        match &self.content {
            Content::Scalar(scalar) => Some(scalar),
            Content::Sequence(_) | Content::Mapping(_) => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.scalar()
            .is_some_and(|scalar| scalar.meaning() == Plain::Null)
    }

    /// A scalar that is text rather than null, a truth value or a number.
    pub(crate) fn text(&self) -> Option<&str> {
        self.scalar()
            .filter(|scalar| scalar.meaning() == Plain::Text)
            .map(|scalar| &*scalar.text)
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.mapping()?.get(key)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Arc<Self>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// What the value is, for messages.
    pub(crate) fn describe(&self) -> String {
        match &self.content {
            Content::Sequence(_) => "a list".to_owned(),
            Content::Mapping(_) => "a map".to_owned(),
            Content::Scalar(scalar) => match scalar.meaning() {
                Plain::Null => "nothing".to_owned(),
                Plain::Flag(flag) => format!("the truth value `{flag}`"),
                Plain::Number(_) => format!("the number `{}`", scalar.text),
                Plain::Text => format!("the text `{}`", shortened(&scalar.text)),
            },
        }
    }

    /// The value as JSON, for fields that take anything.
    pub(crate) fn to_json(&self) -> Value {
        match &self.content {
            Content::Sequence(items) => items.iter().map(|item| item.to_json()).collect(),
            Content::Mapping(mapping) => {
                let pairs = mapping
                    .iter()
                    .map(|(key, entry)| (key.to_string(), entry.value.to_json()));
                Value::Object(pairs.collect())
            }
            Content::Scalar(scalar) => match scalar.meaning() {
                Plain::Null => Value::Null,
                Plain::Flag(flag) => Value::Bool(flag),
                Plain::Number(number) => Value::Number(number),
                Plain::Text => Value::String(scalar.text.to_string()),
            },
        }
    }

    /// A copy whose values all belong to a layer.
    pub(crate) fn in_layer(&self, layer: Layer) -> Arc<Self> {
        let content = match &self.content {
            Content::Scalar(scalar) => Content::Scalar(scalar.clone()),
            Content::Sequence(items) => {
                Content::Sequence(items.iter().map(|item| item.in_layer(layer)).collect())
            }
            Content::Mapping(mapping) => Content::Mapping(
                mapping
                    .iter()
                    .map(|(key, entry)| {
                        (
                            key.clone(),
                            Entry {
                                key: entry.key,
                                value: entry.value.in_layer(layer),
                            },
                        )
                    })
                    .collect(),
            ),
        };
        Arc::new(Self {
            place: self.place,
            layer,
            content,
        })
    }
}

/// The first words of a long text.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= LONGEST && line.len() == text.len() {
        return line.to_owned();
    }
    line.chars().take(LONGEST).chain("…".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Plain) {
        let scalar = Scalar {
            text: text.into(),
            plain: true,
        };
        assert_eq!(scalar.meaning(), expected, "{text}");
    }

    #[test]
    fn plain_scalars_follow_the_core_schema_of_yaml_1_2() {
        check("", Plain::Null);
        check("~", Plain::Null);
        check("true", Plain::Flag(true));
        check("12", Plain::Number(12.into()));
        check("-1.5e3", Plain::Number(Number::from_f64(-1500.0).unwrap()));
        check("0x1F", Plain::Number(31.into()));
        check("0o17", Plain::Number(15.into()));
    }

    #[test]
    fn words_that_yaml_1_1_took_for_values_are_text() {
        for text in [
            "no", "yes", "on", "off", "5.3.0", "1-2", "60s", "0x", "0xzz", "-", ".", "e", "1:30",
            "nan",
        ] {
            check(text, Plain::Text);
        }
    }
}
