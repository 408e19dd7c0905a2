//! JSON with comments, every value with its position.
//!
//! In: text. Out: a tree, or nothing and the reason in the report. Strict apart from comments: no trailing comma, no
//! single quotes, no bare words. The parser caps nesting, so deep text can't exhaust the stack.
//! The only place that sees `jsonc-parser`.

use std::collections::{BTreeMap, HashSet};

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use crate::code;
use crate::path::Path;
use crate::position::Span;
use crate::report::Report;

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// A JSON value whose parts keep their positions.
#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// A key with its value.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

impl Node {
    /// The value under `key`; `None` when this isn't an object or has no such key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Object(members) => members
                .iter()
                .find(|member| member.key == key)
                .map(|member| &member.value),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }

    /// The text of a string.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        }
    }

    /// The items of an array.
    pub(crate) fn as_items(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Array(items) => Some(items),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Object(_) => None,
        }
    }

    /// A number, also one that is written as a string: the documentation itself prints `"maxDistance": "500"`.
    pub(crate) fn as_number(&self) -> Option<f64> {
        let number = match &self.value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        number.filter(|number: &f64| number.is_finite())
    }

    /// What kind of JSON value this is, with its article.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// The same value without positions.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => serde_json::Value::Bool(*value),
            Value::Number(number) => serde_json::Value::Number(number.clone()),
            Value::String(text) => serde_json::Value::String(text.clone()),
            Value::Array(items) => items.iter().map(Self::to_json).collect(),
            Value::Object(members) => members
                .iter()
                .map(|member| (member.key.clone(), member.value.to_json()))
                .collect(),
        }
    }
}

/// Reads the text. Reports syntax, comments and repeated keys.
pub(crate) fn read(text: &str, report: &mut Report<'_>) -> Option<Node> {
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Separate,
        tokens: false,
    };
    let parsed = match parse_to_ast(text, &collect, &strict_with_comments()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let range = error.range();
            let message = format!(
                "the body isn't JSON: {}",
                lower_first(&error.kind().to_string())
            );
            report.error_at(range.start..range.end, code::SYNTAX, message);
            return None;
        }
    };
    warn_of_comments(
        parsed
            .comments
            .iter()
            .flatten()
            .flat_map(|(_, group)| group.iter()),
        report,
    );
    match parsed.value {
        Some(value) => convert(value, &Path::default(), report),
        None => {
            report.error_at(0..text.len(), code::SYNTAX, "the body is empty".to_owned());
            None
        }
    }
}

fn strict_with_comments() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn warn_of_comments<'a>(
    comments: impl Iterator<Item = &'a ast::Comment<'a>>,
    report: &mut Report<'_>,
) {
    // Keyed by start, because the parser lists a comment once per neighbour.
    let spans: BTreeMap<usize, usize> = comments
        .map(|comment| (comment.range().start, comment.range().end))
        .collect();
    if let Some((start, end)) = spans.first_key_value() {
        let message = match spans.len() {
            1 => "the body holds a comment, which JSON doesn't have".to_owned(),
            count => format!("the body holds {count} comments, which JSON doesn't have"),
        };
        report
            .warning_at(*start..*end, code::COMMENT, message)
            .hint("The emitted body leaves comments out; `description` of a rule is kept.");
    }
}

fn convert(value: ast::Value<'_>, path: &Path, report: &mut Report<'_>) -> Option<Node> {
    let range = value.range();
    let span = range.start..range.end;
    let value = match value {
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::StringLit(literal) => Value::String(literal.value.into_owned()),
        ast::Value::NumberLit(literal) => match literal.value.parse() {
            Ok(number) => Value::Number(number),
            Err(_) => {
                report.error_in(
                    span,
                    path,
                    code::SYNTAX,
                    format!("`{}` isn't a number JSON can hold", literal.value),
                );
                return None;
            }
        },
        ast::Value::Array(array) => {
            let items = array.elements.into_iter().enumerate();
            Value::Array(
                items
                    .map(|(index, item)| convert(item, &path.index(index), report))
                    .collect::<Option<_>>()?,
            )
        }
        ast::Value::Object(object) => Value::Object(convert_members(object, path, report)?),
    };
    Some(Node { span, value })
}

fn convert_members(
    object: ast::Object<'_>,
    path: &Path,
    report: &mut Report<'_>,
) -> Option<Vec<Member>> {
    let mut seen = HashSet::new();
    let mut members = Vec::with_capacity(object.properties.len());
    for property in object.properties {
        let range = property.name.range();
        let key_span = range.start..range.end;
        let key = property.name.into_string();
        let path = path.key(key.clone());
        if !seen.insert(key.clone()) {
            report
                .error_in(key_span.clone(), &path, code::DUPLICATE_KEY, format!("key `{key}` stands twice in one object"))
                .hint("JSON readers silently drop one of the two: split them into two objects, or remove one.");
        }
        let value = convert(property.value, &path, report)?;
        members.push(Member {
            key,
            key_span,
            value,
        });
    }
    Some(members)
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(characters).collect()
    })
}
