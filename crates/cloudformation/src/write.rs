//! Canonical JSON of a template.
//!
//! Sections in CloudFormation's customary order, everything below sorted by key. Written straight from the template's
//! fields: copying them into one JSON tree first would cost more than the writing.

mod json;
mod yaml;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::template::{FORMAT_VERSION, Output, Parameter, Resource, Template};

pub(crate) use json::{JsonWriter, Layout};

/// Sections in the order in which they are written.
const SECTIONS: [&str; 12] = [
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Globals",
    "Resources",
    "Hooks",
    "Outputs",
];

/// The template as YAML.
pub(crate) fn yaml(template: &Template) -> String {
    let root = tree(template);
    yaml::document(
        SECTIONS
            .into_iter()
            .filter_map(|name| Some((name, root.get(name)?))),
    )
}

/// The template as one JSON value.
pub(crate) fn tree(template: &Template) -> Json {
    serde_json::from_str(&self::template(template, Layout::Compact)).unwrap_or_default()
}

/// The whole template as text.
pub(crate) fn template(template: &Template, layout: Layout) -> String {
    let mut writer = JsonWriter::new(layout);
    writer.open('{');
    writer.text("AWSTemplateFormatVersion", FORMAT_VERSION);
    writer.optional_text("Description", template.description.as_deref());
    if !template.metadata.is_empty() {
        writer.key("Metadata");
        writer.object(&template.metadata);
    }
    section(&mut writer, "Parameters", &template.parameters, parameter);
    section(&mut writer, "Rules", &template.rules, |writer, rule| {
        writer.value(rule);
    });
    section(
        &mut writer,
        "Mappings",
        &template.mappings,
        |writer, mapping| writer.value(mapping),
    );
    let loops = |name: &str| template.loops.get(name);
    let conditions = &template.conditions;
    looped(
        &mut writer,
        ("Conditions", conditions),
        loops("Conditions"),
        |writer, condition| writer.value(condition),
    );
    writer.optional("Transform", template.transform.as_ref());
    writer.optional("Globals", template.globals.as_ref());
    writer.key("Resources");
    map(
        &mut writer,
        &template.resources,
        loops("Resources"),
        resource,
    );
    section(&mut writer, "Hooks", &template.hooks, |writer, hook| {
        writer.value(hook);
    });
    let outputs = ("Outputs", &template.outputs);
    looped(&mut writer, outputs, loops("Outputs"), output);
    writer.close('}');
    writer.finish()
}

fn section<T>(
    writer: &mut JsonWriter,
    name: &str,
    entries: &BTreeMap<String, T>,
    entry: impl Fn(&mut JsonWriter, &T),
) {
    looped(writer, (name, entries), None, entry);
}

fn looped<T>(
    writer: &mut JsonWriter,
    (name, entries): (&str, &BTreeMap<String, T>),
    loops: Option<&Map<String, Json>>,
    entry: impl Fn(&mut JsonWriter, &T),
) {
    if !entries.is_empty() || loops.is_some() {
        writer.key(name);
        map(writer, entries, loops, entry);
    }
}

fn map<T>(
    writer: &mut JsonWriter,
    entries: &BTreeMap<String, T>,
    loops: Option<&Map<String, Json>>,
    entry: impl Fn(&mut JsonWriter, &T),
) {
    writer.open('{');
    for (name, value) in entries {
        writer.key(name);
        entry(writer, value);
    }
    for (name, value) in loops.into_iter().flatten() {
        writer.key(name);
        writer.value(value);
    }
    writer.close('}');
}

fn resource(writer: &mut JsonWriter, resource: &Resource) {
    writer.open('{');
    writer.optional_text("Condition", resource.condition.as_deref());
    writer.optional("CreationPolicy", resource.creation_policy.as_ref());
    writer.optional_text(
        "DeletionPolicy",
        resource.deletion_policy.map(|policy| policy.as_str()),
    );
    if !resource.depends_on.is_empty() {
        writer.key("DependsOn");
        writer.open('[');
        for id in &resource.depends_on {
            writer.item();
            writer.string(id);
        }
        writer.close(']');
    }
    if !resource.metadata.is_empty() {
        writer.key("Metadata");
        writer.object(&resource.metadata);
    }
    if !resource.properties.is_empty() {
        writer.key("Properties");
        writer.object(&resource.properties);
    }
    writer.text("Type", &resource.kind);
    writer.optional("UpdatePolicy", resource.update_policy.as_ref());
    writer.optional_text(
        "UpdateReplacePolicy",
        resource.update_replace_policy.map(|policy| policy.as_str()),
    );
    for (name, value) in &resource.computed {
        writer.key(name);
        writer.value(value);
    }
    writer.close('}');
}

fn parameter(writer: &mut JsonWriter, parameter: &Parameter) {
    writer.open('{');
    writer.optional_text("AllowedPattern", parameter.allowed_pattern.as_deref());
    if !parameter.allowed_values.is_empty() {
        writer.key("AllowedValues");
        writer.array(&parameter.allowed_values);
    }
    writer.optional_text(
        "ConstraintDescription",
        parameter.constraint_description.as_deref(),
    );
    writer.optional("Default", parameter.default.as_ref());
    writer.optional_text("Description", parameter.description.as_deref());
    writer.optional("MaxLength", parameter.max_length.map(Json::from).as_ref());
    writer.optional("MaxValue", parameter.max_value.map(number).as_ref());
    writer.optional("MinLength", parameter.min_length.map(Json::from).as_ref());
    writer.optional("MinValue", parameter.min_value.map(number).as_ref());
    if parameter.no_echo {
        writer.key("NoEcho");
        writer.value(&Json::Bool(true));
    }
    writer.text("Type", parameter.kind.as_str());
    writer.close('}');
}

fn number(value: f64) -> Json {
    crate::Value::<f64>::from(value).into()
}

fn output(writer: &mut JsonWriter, output: &Output) {
    writer.open('{');
    writer.optional_text("Condition", output.condition.as_deref());
    writer.optional_text("Description", output.description.as_deref());
    if let Some(name) = &output.export {
        writer.key("Export");
        writer.open('{');
        writer.key("Name");
        writer.value(name);
        writer.close('}');
    }
    writer.key("Value");
    writer.value(&output.value);
    writer.close('}');
}
