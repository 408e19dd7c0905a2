//! What differs beside resources, and between the values of parameters.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::{After, EntryChange, Section, Side, canonical};
use crate::template::{Output, Parameter, Template};

pub(super) fn entries(old: &Side<'_>, new: &Side<'_>) -> Vec<EntryChange> {
    let (before, after) = (old.template, new.template);
    let mut found = Vec::new();
    let mut compare = |section, of: &dyn Fn(&Template) -> Map<String, Json>| {
        differences(section, &of(before), &of(after), &mut found);
    };
    compare(Section::Parameter, &|it| map(&it.parameters, declaration));
    compare(Section::Condition, &|it| map(&it.conditions, Json::clone));
    compare(Section::Mapping, &|it| map(&it.mappings, Json::clone));
    compare(Section::Rule, &|it| map(&it.rules, Json::clone));
    compare(Section::Output, &|it| map(&it.outputs, output));
    compare(Section::Template, &header);
    found.extend(parameter_values(old, new));
    found
}

fn map<T>(entries: &BTreeMap<String, T>, value: impl Fn(&T) -> Json) -> Map<String, Json> {
    let entries = entries.iter();
    entries
        .map(|(name, entry)| (name.clone(), value(entry)))
        .collect()
}

fn differences(
    section: Section,
    before: &Map<String, Json>,
    after: &Map<String, Json>,
    found: &mut Vec<EntryChange>,
) {
    let form = |value: Option<&Json>| value.map(canonical::form);
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let (before, after) = (before.get(name), after.get(name));
        if before != after && form(before) != form(after) {
            found.push(EntryChange {
                section,
                name: name.clone(),
                before: before.cloned(),
                after: after.cloned().map_or(After::Gone, After::Value),
            });
        }
    }
}

fn parameter_values(old: &Side<'_>, new: &Side<'_>) -> Vec<EntryChange> {
    let change = |name: &String| {
        let before = old.parameter(name);
        let after = match (new.later.get(name), new.parameter(name)) {
            (Some(why), _) => After::Later(why.clone()),
            (None, Some(value)) if before.as_ref() != Some(&value) => After::Value(value.into()),
            (None, _) => return None,
        };
        Some(EntryChange {
            section: Section::ParameterValue,
            name: name.clone(),
            before: before.map(Json::from),
            after,
        })
    };
    new.template.parameters.keys().filter_map(change).collect()
}

fn header(template: &Template) -> Map<String, Json> {
    let description = template.description.clone().map(Json::from);
    let metadata = (!template.metadata.is_empty()).then(|| Json::Object(template.metadata.clone()));
    [
        ("Description", description),
        ("Metadata", metadata),
        ("Transform", template.transform.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

fn declaration(parameter: &Parameter) -> Json {
    let mut template = Template::default();
    template
        .parameters
        .insert("P".to_owned(), parameter.clone());
    template.to_value()["Parameters"]["P"].take()
}

/// An output as its value, or with everything around it when there is more.
fn output(output: &Output) -> Json {
    let is_alone =
        output.export.is_none() && output.condition.is_none() && output.description.is_none();
    if is_alone && !is_declaration(&output.value) {
        return output.value.clone();
    }
    let mut template = Template::default();
    template.outputs.insert("O".to_owned(), output.clone());
    template.to_value()["Outputs"]["O"].take()
}

/// Whether the JSON of an output is its declaration rather than its value.
pub(super) fn is_declaration(output: &Json) -> bool {
    output.get("Value").is_some()
}
