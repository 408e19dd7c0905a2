//! Reads `expansions`.

use super::Item;
use super::fields::{Fields, text_list, wrong_type};
use crate::code;
use crate::json::{Node, Value};
use crate::model::expansion::{Expansion, ExpansionStep, ExpansionTarget, ExpansionValue};
use crate::path::Path;
use crate::report::Report;

const KEYS: &[&str] = &["target", "steps"];
const STEP_KEYS: &[&str] = &["waitTimeSeconds", "value"];

pub(crate) fn read(body: &Fields<'_>, report: &mut Report<'_>) -> Vec<Item<Expansion>> {
    let mut expansions = Vec::new();
    for (path, node) in body.items("expansions", report) {
        let value = Fields::of(node, &path, report).and_then(|fields| read_one(&fields, report));
        expansions.extend(value.map(|value| Item { path, value }));
    }
    expansions
}

fn read_one(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Expansion> {
    fields.warn_of_unknown(KEYS, report);
    let target = read_target(fields, report);
    let steps = read_steps(fields, report);
    Some(Expansion {
        target: target?,
        steps,
    })
}

fn read_target(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<ExpansionTarget> {
    let text = fields.required_text("target", report)?;
    let target = ExpansionTarget::parse(text);
    if target.is_none() {
        report
            .error(
                &fields.path.key("target"),
                code::EXPANSION_TARGET,
                format!("`{text}` names nothing that can be expanded"),
            )
            .hint("Write `rules[name].property` or `teams[name].minPlayers`.");
    }
    target
}

fn read_steps(fields: &Fields<'_>, report: &mut Report<'_>) -> Vec<ExpansionStep> {
    let path = fields.path.key("steps");
    if fields
        .required("steps", report)
        .and_then(Node::as_items)
        .is_some_and(<[_]>::is_empty)
    {
        report.error(&path, code::EXPANSION_STEPS, "the expansion has no step");
    }
    let mut steps = Vec::new();
    let mut latest: Option<u32> = None;
    for (path, node) in fields.items("steps", report) {
        let Some(step) =
            Fields::of(node, &path, report).and_then(|fields| read_step(&fields, report))
        else {
            continue;
        };
        let wait = step.wait_time_seconds;
        if let Some(before) = latest.filter(|before| *before >= wait) {
            report
                .error(
                    &path.key("waitTimeSeconds"),
                    code::EXPANSION_STEPS,
                    format!("step at {wait} s doesn't come after the step at {before} s"),
                )
                .hint("Waiting times count from the ticket's start and must increase; they aren't added up.");
        }
        latest = Some(wait);
        steps.push(step);
    }
    steps
}

fn read_step(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<ExpansionStep> {
    fields.warn_of_unknown(STEP_KEYS, report);
    fields.required("waitTimeSeconds", report);
    let wait = fields.count("waitTimeSeconds", 0, report);
    let node = fields.required("value", report)?;
    let value = read_value(node, &fields.path.key("value"), report);
    Some(ExpansionStep {
        wait_time_seconds: wait?,
        value: value?,
    })
}

fn read_value(node: &Node, path: &Path, report: &mut Report<'_>) -> Option<ExpansionValue> {
    match &node.value {
        Value::Number(number) => number.as_f64().map(ExpansionValue::Number),
        Value::String(text) => Some(ExpansionValue::Text(text.clone())),
        Value::Array(_) => text_list(node, path, report).map(ExpansionValue::TextList),
        Value::Null | Value::Bool(_) | Value::Object(_) => {
            wrong_type(
                node,
                path,
                "a number, a string or an array of strings",
                report,
            );
            None
        }
    }
}
