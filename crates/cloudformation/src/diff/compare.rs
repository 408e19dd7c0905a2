//! Compares two templates and follows what each change drags along.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::reference::{Reference, references};
use super::walk::{Difference, differences};
use super::{
    After, Cause, EntryChange, Impact, PropertyChange, ResourceChange, Section, Side, TemplateDiff,
    canonical,
};
use crate::schema::{ResourceSchema, resource_type};
use crate::template::{DeletionPolicy, Output, Parameter, Resource};

/// Compares two templates.
///
/// References are followed: a resource that is replaced changes what others read of it, which may replace them, too, and so
/// on until nothing new is replaced. Changed parameter values are followed in the same way.
#[must_use]
pub fn compare(old: &Side<'_>, new: &Side<'_>) -> TemplateDiff {
    let mut diff = TemplateDiff {
        resources: resources(old, new),
        entries: entries(old, new),
        outputs: BTreeSet::new(),
    };
    let parameters = changed_parameters(old, new);
    propagate(&mut diff, old, new, &parameters);
    diff.outputs = outputs(&diff, old, new, &parameters);
    diff
}

fn resources(old: &Side<'_>, new: &Side<'_>) -> BTreeMap<String, ResourceChange> {
    let (old, new) = (&old.template.resources, &new.template.resources);
    old.keys()
        .chain(new.keys())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|id| Some((id.clone(), resource(old.get(id), new.get(id))?)))
        .collect()
}

fn resource(old: Option<&Resource>, new: Option<&Resource>) -> Option<ResourceChange> {
    let mut change = ResourceChange {
        before: old.cloned(),
        after: new.cloned(),
        properties: Vec::new(),
        impact: Impact::Create,
        causes: Vec::new(),
    };
    match (old, new) {
        (Some(old), Some(new)) => {
            let schema = resource_type(&new.kind);
            change.properties = properties(schema, old, new);
            change.properties.extend(attributes(old, new));
            change.sum_up();
            if old.kind != new.kind {
                change.impact = Impact::Replace;
                change.causes.insert(0, Cause::Kind);
            } else if change.properties.is_empty() {
                return None;
            }
        }
        (Some(old), None) => change.impact = removal(old),
        (None, Some(_)) => {}
        (None, None) => return None,
    }
    Some(change)
}

impl ResourceChange {
    /// The worst of its properties, and which ones are to blame.
    fn sum_up(&mut self) {
        let worst = self.properties.iter().map(|change| change.impact).max();
        self.impact = worst.unwrap_or(Impact::Update);
        if self.impact < Impact::MayReplace {
            return;
        }
        let guilty = self
            .properties
            .iter()
            .filter(|change| change.impact == self.impact);
        let causes: BTreeSet<Cause> = guilty
            .map(|change| Cause::Property(change.path.clone()))
            .collect();
        self.causes = causes.into_iter().collect();
    }
}

/// What becomes of a resource that leaves its template.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
fn removal(resource: &Resource) -> Impact {
    match resource.deletion_policy {
        Some(DeletionPolicy::Retain | DeletionPolicy::RetainExceptOnCreate) => Impact::Orphan,
        Some(DeletionPolicy::Snapshot) => Impact::Snapshot,
        Some(DeletionPolicy::Delete) | None => Impact::Destroy,
    }
}

fn properties(
    schema: Option<&ResourceSchema>,
    old: &Resource,
    new: &Resource,
) -> Vec<PropertyChange> {
    differences(schema, &old.properties, &new.properties)
        .into_iter()
        .map(|difference| PropertyChange {
            impact: impact(schema, &difference.schema_path),
            ..change(difference)
        })
        .collect()
}

fn change(difference: Difference) -> PropertyChange {
    PropertyChange {
        path: difference.path,
        before: difference.before,
        after: difference.after.map_or(After::Gone, After::Value),
        impact: Impact::Update,
    }
}

/// What the change of a property does to its resource.
fn impact(schema: Option<&ResourceSchema>, path: &str) -> Impact {
    // Nothing is known of other types; `Custom::` ones are replaced when they answer with another id.
    let Some(schema) = schema else {
        return Impact::MayReplace;
    };
    let concerns = |list: &[String]| list.iter().any(|known| overlap(known, path));
    if concerns(schema.create_only()) {
        Impact::Replace
    } else if concerns(schema.conditional_create_only()) {
        Impact::MayReplace
    } else {
        Impact::Update
    }
}

/// Whether one path is the other or stands above it.
fn overlap(one: &str, other: &str) -> bool {
    let mut parts = one.split('/').zip(other.split('/'));
    parts.all(|(one, other)| one == other || one == "*" || other == "*")
}

/// The attributes around a resource's properties.
fn attributes(old: &Resource, new: &Resource) -> Vec<PropertyChange> {
    differences(None, &attribute_map(old), &attribute_map(new))
        .into_iter()
        .map(change)
        .collect()
}

fn attribute_map(resource: &Resource) -> Map<String, Json> {
    let policy = |policy: Option<DeletionPolicy>| policy.map(|policy| policy.as_str().into());
    let some = |present: bool, value: Json| present.then_some(value);
    let attributes = [
        (
            "DependsOn",
            some(!resource.depends_on.is_empty(), {
                let mut names = resource.depends_on.clone();
                names.sort();
                names.into()
            }),
        ),
        ("Condition", resource.condition.clone().map(Json::from)),
        ("DeletionPolicy", policy(resource.deletion_policy)),
        (
            "UpdateReplacePolicy",
            policy(resource.update_replace_policy),
        ),
        (
            "Metadata",
            some(
                !resource.metadata.is_empty(),
                Json::Object(resource.metadata.clone()),
            ),
        ),
        ("CreationPolicy", resource.creation_policy.clone()),
        ("UpdatePolicy", resource.update_policy.clone()),
    ];
    attributes
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

/// A parameter whose value changes: before, and after.
type ParameterChange = (Option<String>, After);

fn changed_parameters(old: &Side<'_>, new: &Side<'_>) -> BTreeMap<String, ParameterChange> {
    let mut changed = BTreeMap::new();
    for name in new.template.parameters.keys() {
        let (before, after) = (old.parameter(name), new.parameter(name));
        let after = match (after, new.later.get(name)) {
            (_, Some(why)) => After::Later(why.clone()),
            (Some(value), None) if before.as_deref() == Some(&value) => continue,
            (Some(value), None) => After::Value(value.into()),
            (None, None) => continue,
        };
        changed.insert(name.clone(), (before, after));
    }
    changed
}

/// Follows references until nothing new is replaced.
fn propagate(
    diff: &mut TemplateDiff,
    old: &Side<'_>,
    new: &Side<'_>,
    parameters: &BTreeMap<String, ParameterChange>,
) {
    let sites = sites(old, new);
    for site in &sites {
        if let Some((before, after)) = parameters.get(&site.reference.name) {
            let whole = site.is_whole;
            let before = before.clone().filter(|_| whole).map(Json::from);
            let after = match after {
                After::Value(value) if whole => After::Value(value.clone()),
                After::Later(why) => After::Later(why.clone()),
                After::Gone | After::Value(_) => {
                    After::Later(format!("new {}", site.reference.name))
                }
            };
            drag(diff, site, before, after, Impact::Replace);
        }
    }
    let mut seen = BTreeSet::new();
    loop {
        let moved: Vec<(String, Impact)> = diff
            .resources
            .iter()
            .filter(|(_, change)| change.is_moving())
            .map(|(id, change)| (id.clone(), change.impact))
            .filter(|moved| !seen.contains(moved))
            .collect();
        if moved.is_empty() {
            return;
        }
        for (id, impact) in moved {
            for site in sites.iter().filter(|site| site.reference.name == id) {
                let after = After::Later(format!("new {id}"));
                drag(diff, site, None, after, impact);
            }
            seen.insert((id, impact));
        }
    }
}

impl ResourceChange {
    /// Whether what others read of it changes, or may change.
    fn is_moving(&self) -> bool {
        self.before.is_some() && matches!(self.impact, Impact::MayReplace | Impact::Replace)
    }
}

/// A place in a resource that is the same in both templates and refers to something.
struct Site<'template> {
    id: &'template str,
    kind: &'template str,
    resource: &'template Resource,
    before: &'template Resource,
    reference: Reference,
    /// Whether the value is nothing but the reference.
    is_whole: bool,
}

fn sites<'template>(old: &Side<'template>, new: &Side<'template>) -> Vec<Site<'template>> {
    let mut found = Vec::new();
    for (id, resource) in &new.template.resources {
        let Some(before) = old.template.resources.get(id) else {
            continue;
        };
        let properties = Json::Object(resource.properties.clone());
        found.extend(references(&properties).into_iter().map(|reference| {
            Site {
                id,
                kind: &resource.kind,
                resource,
                before,
                is_whole: at(&resource.properties, &reference.path)
                    .is_some_and(|value| *value == json!({ "Ref": reference.name })),
                reference,
            }
        }));
    }
    found
}

/// Notes that a site's value changes because of what it refers to; `cause` is how sure the change of that is.
fn drag(
    diff: &mut TemplateDiff,
    site: &Site<'_>,
    before: Option<Json>,
    after: After,
    cause: Impact,
) {
    let path = &site.reference.path;
    let old_value = at(&site.before.properties, path);
    let new_value = at(&site.resource.properties, path);
    // Where the template itself differs, the change is listed already.
    if old_value != new_value {
        return;
    }
    let schema = resource_type(site.kind);
    let found = impact(schema, &site.reference.schema_path);
    // What may be replaced may keep its name, too.
    let found = if found == Impact::Replace {
        cause
    } else {
        found
    };
    let entry = diff
        .resources
        .entry(site.id.to_owned())
        .or_insert_with(|| ResourceChange {
            before: Some(site.before.clone()),
            after: Some(site.resource.clone()),
            properties: Vec::new(),
            impact: Impact::Update,
            causes: Vec::new(),
        });
    let known = entry
        .properties
        .iter_mut()
        .find(|change| change.path == *path);
    match known {
        Some(change) => change.impact = change.impact.max(found),
        None => entry.properties.push(PropertyChange {
            path: path.clone(),
            before: before.or_else(|| old_value.cloned()),
            after,
            impact: found,
        }),
    }
    let kind_changed = entry.causes.contains(&Cause::Kind);
    entry.sum_up();
    if kind_changed {
        entry.impact = Impact::Replace;
        entry.causes.insert(0, Cause::Kind);
    }
}

/// The value at a path as [`references`] writes it.
fn at<'value>(properties: &'value Map<String, Json>, path: &str) -> Option<&'value Json> {
    fn step<'value>(value: &'value Json, rest: &str) -> Option<&'value Json> {
        if rest.is_empty() {
            return Some(value);
        }
        if let Some(rest) = rest.strip_prefix('[') {
            let (index, rest) = rest.split_once(']')?;
            return step(value.get(index.parse::<usize>().ok()?)?, rest);
        }
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        // Keys may hold dots and brackets themselves, so the longest that fits is tried first.
        let object = value.as_object()?;
        let mut keys: Vec<&String> = object.keys().filter(|key| rest.starts_with(*key)).collect();
        keys.sort_by_key(|key| std::cmp::Reverse(key.len()));
        keys.into_iter().find_map(|key| {
            let rest = &rest[key.len()..];
            let ends = rest.is_empty() || rest.starts_with(['.', '[']);
            ends.then(|| step(object.get(key)?, rest)).flatten()
        })
    }
    let (name, rest) = match path.find(['.', '[']) {
        Some(end) => path.split_at(end),
        None => (path, ""),
    };
    step(properties.get(name)?, rest)
}

fn entries(old: &Side<'_>, new: &Side<'_>) -> Vec<EntryChange> {
    let mut found = Vec::new();
    let (before, after) = (old.template, new.template);
    let parameters = |parameters: &BTreeMap<String, Parameter>| -> Map<String, Json> {
        let declaration =
            |(name, parameter): (&String, &Parameter)| (name.clone(), declaration(parameter));
        parameters.iter().map(declaration).collect()
    };
    let outputs = |outputs: &BTreeMap<String, Output>| -> Map<String, Json> {
        outputs
            .iter()
            .map(|(name, output)| (name.clone(), output_value(output)))
            .collect()
    };
    let plain = |entries: &BTreeMap<String, Json>| -> Map<String, Json> {
        entries.clone().into_iter().collect()
    };
    let sections = [
        (
            Section::Parameter,
            parameters(&before.parameters),
            parameters(&after.parameters),
        ),
        (
            Section::Condition,
            plain(&before.conditions),
            plain(&after.conditions),
        ),
        (
            Section::Mapping,
            plain(&before.mappings),
            plain(&after.mappings),
        ),
        (Section::Rule, plain(&before.rules), plain(&after.rules)),
        (
            Section::Output,
            outputs(&before.outputs),
            outputs(&after.outputs),
        ),
        (Section::Template, header(old), header(new)),
    ];
    for (section, before, after) in sections {
        section_changes(section, &before, &after, &mut found);
    }
    let values = changed_parameters(old, new).into_iter();
    found.extend(values.map(|(name, (before, after))| EntryChange {
        section: Section::ParameterValue,
        name,
        before: before.map(Json::from),
        after,
    }));
    found
}

fn section_changes(
    section: Section,
    before: &Map<String, Json>,
    after: &Map<String, Json>,
    found: &mut Vec<EntryChange>,
) {
    let form = |value: Option<&Json>| {
        value.map(|value| canonical::value(value, canonical::Place::NOWHERE))
    };
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let (before, after) = (before.get(name), after.get(name));
        if form(before) != form(after) {
            found.push(EntryChange {
                section,
                name: name.clone(),
                before: before.cloned(),
                after: after.cloned().map_or(After::Gone, After::Value),
            });
        }
    }
}

fn header(side: &Side<'_>) -> Map<String, Json> {
    let template = side.template;
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
    let mut template = crate::Template::default();
    template
        .parameters
        .insert("P".to_owned(), parameter.clone());
    template.to_value()["Parameters"]["P"].take()
}

fn output_value(output: &Output) -> Json {
    let only_value = output.export.is_none() && output.condition.is_none();
    if only_value && output.description.is_none() {
        return output.value.clone();
    }
    let mut template = crate::Template::default();
    template.outputs.insert("O".to_owned(), output.clone());
    template.to_value()["Outputs"]["O"].take()
}

/// Outputs whose value changes or may change.
fn outputs(
    diff: &TemplateDiff,
    old: &Side<'_>,
    new: &Side<'_>,
    parameters: &BTreeMap<String, ParameterChange>,
) -> BTreeSet<String> {
    let moves = |name: &str| {
        parameters.contains_key(name)
            || diff
                .resources
                .get(name)
                .is_some_and(|change| change.impact != Impact::Update)
    };
    new.template
        .outputs
        .iter()
        .filter(|(name, output)| {
            let before = old.template.outputs.get(*name).map(|output| &output.value);
            before != Some(&output.value)
                || references(&output.value)
                    .iter()
                    .any(|reference| moves(&reference.name))
        })
        .map(|(name, _)| name.clone())
        .collect()
}
