//! Reads what rules measure and what they compare it with.

use crate::code;
use crate::json::{Node, Value};
use crate::model::expression::Expression;
use crate::model::rule::{CollectionOperation, ReferenceValue};
use crate::path::Path;
use crate::report::Report;
use crate::shape::fields::{Fields, text_list, wrong_type};

const REFERENCE: &str = "referenceValue";

/// The measured expressions. A bare string counts as a list of one: both forms are published.
pub(crate) fn measurements(
    fields: &Fields<'_>,
    report: &mut Report<'_>,
) -> Option<Vec<Expression>> {
    let path = fields.path.key("measurements");
    let node = fields.required("measurements", report)?;
    if let Some(text) = node.as_text() {
        return expression(text, &path, report).map(|expression| vec![expression]);
    }
    let texts = text_list(node, &path, report)?;
    if texts.is_empty() {
        report.error(&path, code::MISSING_PROPERTY, "the rule measures nothing");
        return None;
    }
    let read: Vec<Expression> = texts
        .iter()
        .enumerate()
        .filter_map(|(index, text)| expression(text, &path.index(index), report))
        .collect();
    (read.len() == texts.len()).then_some(read)
}

/// A reference value that may be absent.
pub(crate) fn optional(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<ReferenceValue> {
    let node = fields.get(REFERENCE)?;
    read(node, &fields.path.key(REFERENCE), report)
}

/// A reference value that must be there and be a number or computed.
pub(crate) fn numeric(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<ReferenceValue> {
    let node = fields.required(REFERENCE, report)?;
    if let Some(number) = node.as_number() {
        return Some(ReferenceValue::Number(number));
    }
    let path = fields.path.key(REFERENCE);
    match node.as_text() {
        // A literal text has no distance, so whatever this is, it was meant as an expression.
        Some(text) => expression(text, &path, report).map(ReferenceValue::Expression),
        None => {
            wrong_type(node, &path, "a number or an expression", report);
            None
        }
    }
}

/// Checks that a collection operation has the reference value that it counts against.
pub(crate) fn check_collection(
    fields: &Fields<'_>,
    operation: CollectionOperation,
    report: &mut Report<'_>,
) {
    let given = fields.get(REFERENCE).is_some();
    match operation {
        CollectionOperation::Contains | CollectionOperation::ReferenceIntersectionCount
            if !given =>
        {
            report.error(
                &fields.path.key("operation"),
                code::MISSING_REFERENCE,
                format!("operation `{operation}` needs a `{REFERENCE}`"),
            );
        }
        CollectionOperation::Intersection if given => {
            report
                .warning(
                    &fields.path.key(REFERENCE),
                    code::NO_EFFECT,
                    format!("operation `{operation}` has no use for a `{REFERENCE}`"),
                )
                .hint("To count against a list, use `reference_intersection_count`.");
        }
        CollectionOperation::Intersection
        | CollectionOperation::Contains
        | CollectionOperation::ReferenceIntersectionCount => {}
    }
}

fn read(node: &Node, path: &Path, report: &mut Report<'_>) -> Option<ReferenceValue> {
    match &node.value {
        Value::Number(number) => number.as_f64().map(ReferenceValue::Number),
        Value::String(text) if Expression::is_meant(text) => {
            expression(text, path, report).map(ReferenceValue::Expression)
        }
        Value::String(text) => Some(ReferenceValue::Text(text.clone())),
        Value::Array(_) => text_list(node, path, report).map(ReferenceValue::TextList),
        Value::Null | Value::Bool(_) | Value::Object(_) => {
            wrong_type(
                node,
                path,
                "a number, a string, an expression or an array of strings",
                report,
            );
            None
        }
    }
}

fn expression(text: &str, path: &Path, report: &mut Report<'_>) -> Option<Expression> {
    match text.parse() {
        Ok(expression) => Some(expression),
        Err(error) => {
            report.error(
                path,
                code::EXPRESSION,
                format!("`{text}` doesn't parse: {error}"),
            );
            None
        }
    }
}
