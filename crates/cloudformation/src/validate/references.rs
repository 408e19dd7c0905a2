//! Names that functions, conditions and `DependsOn` refer to.

use serde_json::{Map, Value as Json};

use super::cycle::{self, Edges};
use super::function::{self, FUNCTIONS};
use super::substitution;
use super::suggestion::nearest;
use super::{Finding, FindingKind, Path};
use crate::schema::resource_type;
use crate::template::Template;

const PSEUDO_PARAMETERS: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

pub(super) fn check(template: &Template, findings: &mut Vec<Finding>) {
    let mut references = References {
        template,
        findings,
        resources: Edges::new(),
        conditions: Edges::new(),
    };
    references.conditions_section();
    references.resources_section();
    references.outputs_section();
    references.cycles();
}

/// Who refers: that decides which names are in reach and what becomes an edge.
#[derive(Clone, Copy)]
enum Referrer<'a> {
    Resource(&'a str),
    Condition(&'a str),
    Output,
}

struct References<'a, 'f> {
    template: &'a Template,
    findings: &'f mut Vec<Finding>,
    resources: Edges<'a>,
    conditions: Edges<'a>,
}

impl<'a> References<'a, '_> {
    fn conditions_section(&mut self) {
        let root = Path::root("Conditions");
        for (name, expression) in &self.template.conditions {
            self.conditions.entry(name).or_default();
            self.value(Referrer::Condition(name), expression, root.key(name));
        }
    }

    fn resources_section(&mut self) {
        let root = Path::root("Resources");
        for (id, resource) in &self.template.resources {
            self.resources.entry(id).or_default();
            let (from, path) = (Referrer::Resource(id), root.key(id));
            self.object(from, &resource.properties, path.key("Properties"));
            self.object(from, &resource.metadata, path.key("Metadata"));
            self.object(from, &resource.computed, path);
            for (name, policy) in [
                ("CreationPolicy", &resource.creation_policy),
                ("UpdatePolicy", &resource.update_policy),
            ] {
                if let Some(policy) = policy {
                    self.value(from, policy, path.key(name));
                }
            }
            self.depends_on(id, &resource.depends_on, path.key("DependsOn"));
            if let Some(condition) = &resource.condition {
                self.condition(from, condition, path.key("Condition"));
            }
        }
    }

    fn depends_on(&mut self, id: &'a str, others: &'a [String], path: Path<'_>) {
        for (index, other) in others.iter().enumerate() {
            if self.template.resources.contains_key(other) {
                self.depend(id, other);
            } else {
                self.unresolved(
                    other,
                    path.index(index),
                    "resource",
                    self.template.resources.keys(),
                );
            }
        }
    }

    /// SAM makes several resources of one, so that what depends on one of them need not depend on another.
    fn depend(&mut self, user: &'a str, id: &'a str) {
        let kind = self.template.resources.get(user).map(|user| &user.kind);
        if !kind.is_some_and(|kind| kind.starts_with("AWS::Serverless::")) {
            self.resources.entry(user).or_default().insert(id);
        }
    }

    fn outputs_section(&mut self) {
        let root = Path::root("Outputs");
        for (name, output) in &self.template.outputs {
            let path = root.key(name);
            self.value(Referrer::Output, &output.value, path.key("Value"));
            if let Some(export) = &output.export {
                self.value(Referrer::Output, export, path.key("Export").key("Name"));
            }
            if let Some(condition) = &output.condition {
                self.condition(Referrer::Output, condition, path.key("Condition"));
            }
        }
    }

    fn value(&mut self, from: Referrer<'a>, value: &'a Json, path: Path<'_>) {
        match value {
            Json::Array(items) => self.items(from, items, path),
            Json::Object(object) => match function::called(value) {
                Some((name, argument)) => self.call(from, name, argument, path.key(name)),
                None => self.object(from, object, path),
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    fn object(&mut self, from: Referrer<'a>, object: &'a Map<String, Json>, path: Path<'_>) {
        if let (Referrer::Condition(_), 1, Some(Json::String(name))) =
            (from, object.len(), object.get("Condition"))
        {
            self.condition(from, name, path);
            return;
        }
        for (key, value) in object {
            self.value(from, value, path.key(key));
        }
    }

    fn items(&mut self, from: Referrer<'a>, items: &'a [Json], path: Path<'_>) {
        for (index, item) in items.iter().enumerate() {
            self.value(from, item, path.index(index));
        }
    }

    fn call(&mut self, from: Referrer<'a>, name: &'a str, argument: &'a Json, path: Path<'_>) {
        match (name, argument) {
            ("Ref", Json::String(id)) => self.reference(from, id, path),
            // Language extensions compute names, macros write whole arguments.
            ("Ref" | "Fn::GetAtt" | "Fn::Sub", Json::Object(object))
                if self.is_transformed(object) =>
            {
                self.object(from, object, path);
            }
            ("Ref", _) => self.malformed(path, "`Ref` takes one name"),
            ("Fn::GetAtt", _) => self.get_att(from, argument, path),
            ("Fn::Sub", _) => self.sub(from, argument, path),
            ("Fn::If", Json::Array(arguments)) => self.if_(from, arguments, path),
            ("Fn::If", _) => self.malformed(path, "`Fn::If` takes a condition and two values"),
            ("Fn::FindInMap", Json::Array(arguments)) => self.find_in_map(from, arguments, path),
            ("Fn::Join" | "Fn::Split" | "Fn::Select" | "Fn::Equals", _) => {
                self.pair(from, name, argument, path);
            }
            _ if FUNCTIONS.contains(&name) || name.starts_with("Fn::ForEach") => {
                self.value(from, argument, path);
            }
            _ => {
                let hint = nearest(name, FUNCTIONS);
                let message = format!("there is no intrinsic function `{name}`");
                self.findings.push(
                    Finding::new(FindingKind::MalformedFunction, path, message).with_hint(hint),
                );
            }
        }
    }

    fn pair(&mut self, from: Referrer<'a>, name: &str, argument: &'a Json, path: Path<'_>) {
        let arguments = argument.as_array().filter(|arguments| arguments.len() == 2);
        if let Some(arguments) = arguments {
            self.items(from, arguments, path);
        } else {
            self.malformed(path, &format!("`{name}` takes two arguments"));
        }
    }

    fn if_(&mut self, from: Referrer<'a>, arguments: &'a [Json], path: Path<'_>) {
        let [Json::String(condition), then, otherwise] = arguments else {
            self.malformed(path, "`Fn::If` takes a condition and two values");
            return;
        };
        self.condition(from, condition, path.index(0));
        self.value(from, then, path.index(1));
        self.value(from, otherwise, path.index(2));
    }

    fn find_in_map(&mut self, from: Referrer<'a>, arguments: &'a [Json], path: Path<'_>) {
        self.items(from, arguments, path);
        // A fourth argument holds a default for names that aren't there.
        let [Json::String(map), keys @ ..] = arguments else {
            return;
        };
        if !(2..=3).contains(&keys.len()) {
            self.malformed(path, "`Fn::FindInMap` takes a mapping and two keys");
        } else if keys.len() == 2 {
            self.mapping(map, keys, path);
        }
    }

    fn mapping(&mut self, map: &str, keys: &[Json], path: Path<'_>) {
        let Some(mut table) = self.template.mappings.get(map) else {
            self.unresolved(map, path.index(0), "mapping", self.template.mappings.keys());
            return;
        };
        for (index, key) in keys.iter().enumerate() {
            let (Some(key), Some(entries)) = (key.as_str(), table.as_object()) else {
                return;
            };
            if entries.contains_key("Fn::Transform") {
                return;
            }
            let Some(entry) = entries.get(key) else {
                self.unresolved(
                    key,
                    path.index(index + 1),
                    "key of the mapping",
                    entries.keys(),
                );
                return;
            };
            table = entry;
        }
    }

    fn sub(&mut self, from: Referrer<'a>, argument: &'a Json, path: Path<'_>) {
        let (text, variables) = match (argument, argument.as_array().map(Vec::as_slice)) {
            (Json::String(text), _) => (text, None),
            (_, Some([Json::String(text), Json::Object(variables)])) => (text, Some(variables)),
            _ => {
                return self
                    .malformed(path, "`Fn::Sub` takes a text, or a text and values by name");
            }
        };
        if let Some(variables) = variables {
            self.object(from, variables, path.index(1));
        }
        for name in substitution::names(text) {
            if variables.is_some_and(|variables| variables.contains_key(name)) {
                continue;
            }
            match name.split_once('.') {
                Some((id, attribute)) => self.attribute(from, id, attribute, path),
                None => self.reference(from, name, path),
            }
        }
    }

    fn get_att(&mut self, from: Referrer<'a>, argument: &'a Json, path: Path<'_>) {
        if let Some((id, attribute)) = function::get_att(argument) {
            self.attribute(from, id, attribute, path);
            return;
        }
        match argument.as_array().map(Vec::as_slice) {
            // The attribute may be computed.
            Some([Json::String(id), attribute @ Json::Object(_)]) => {
                self.value(from, attribute, path.index(1));
                self.resource(from, id, path);
            }
            _ => self.malformed(path, "`Fn::GetAtt` takes a resource and an attribute"),
        }
    }

    fn attribute(&mut self, from: Referrer<'a>, id: &'a str, attribute: &str, path: Path<'_>) {
        if !self.resource(from, id, path) {
            return;
        }
        let schema = self
            .template
            .resources
            .get(id)
            .and_then(|resource| resource_type(&resource.kind));
        if let Some(schema) = schema.filter(|schema| !schema.has_attribute(attribute)) {
            let hint = nearest(attribute, schema.attributes());
            let message = format!(
                "`{id}` is of type {}, which has no attribute `{attribute}`",
                schema.kind()
            );
            self.findings
                .push(Finding::new(FindingKind::UnknownAttribute, path, message).with_hint(hint));
        }
    }

    /// Notes that a resource is needed; says whether it exists.
    fn resource(&mut self, from: Referrer<'a>, id: &'a str, path: Path<'_>) -> bool {
        if !self.template.resources.contains_key(id) {
            self.unresolved(id, path, "resource", self.template.resources.keys());
            return false;
        }
        match from {
            Referrer::Resource(user) => self.depend(user, id),
            Referrer::Condition(_) => {
                let message = format!("a condition can't depend on resource `{id}`");
                self.findings.push(Finding::new(
                    FindingKind::UnresolvedReference,
                    path,
                    message,
                ));
            }
            Referrer::Output => {}
        }
        true
    }

    fn reference(&mut self, from: Referrer<'a>, name: &'a str, path: Path<'_>) {
        if PSEUDO_PARAMETERS.contains(&name) || self.template.parameters.contains_key(name) {
            return;
        }
        if self.template.resources.contains_key(name) {
            self.resource(from, name, path);
            return;
        }
        let known = self
            .template
            .parameters
            .keys()
            .chain(self.template.resources.keys())
            .map(String::as_str);
        self.unresolved(
            name,
            path,
            "parameter or resource",
            known.chain(PSEUDO_PARAMETERS),
        );
    }

    fn condition(&mut self, from: Referrer<'a>, name: &'a str, path: Path<'_>) {
        if !self.template.conditions.contains_key(name) {
            let hint = nearest(name, self.template.conditions.keys());
            let message = format!("condition `{name}` is not defined");
            self.findings
                .push(Finding::new(FindingKind::UndefinedCondition, path, message).with_hint(hint));
        } else if let Referrer::Condition(user) = from {
            self.conditions.entry(user).or_default().insert(name);
        }
    }

    fn unresolved<N: AsRef<str>>(
        &mut self,
        name: &str,
        path: Path<'_>,
        what: &str,
        known: impl IntoIterator<Item = N>,
    ) {
        if !self.template.has_unknown_resources() && !self.is_of_module(name) {
            let message = format!("there is no {what} called `{name}`");
            self.findings.push(
                Finding::new(FindingKind::UnresolvedReference, path, message)
                    .with_hint(nearest(name, known)),
            );
        }
    }

    /// Whether a macro may still add or change things here.
    fn is_transformed(&self, argument: &Map<String, Json>) -> bool {
        self.template.transform.is_some() || argument.contains_key("Fn::Transform")
    }

    /// Whether a module of the template may bring the resource along: its id is the prefix of theirs.
    fn is_of_module(&self, name: &str) -> bool {
        let resources = &self.template.resources;
        resources.iter().any(|(id, resource)| {
            resource.kind.ends_with("::MODULE") && name.starts_with(id.as_str())
        })
    }

    fn malformed(&mut self, path: Path<'_>, message: &str) {
        self.findings
            .push(Finding::new(FindingKind::MalformedFunction, path, message));
    }

    fn cycles(&mut self) {
        for (section, edges) in [
            ("Conditions", std::mem::take(&mut self.conditions)),
            ("Resources", std::mem::take(&mut self.resources)),
        ] {
            for cycle in cycle::cycles(edges) {
                let first = cycle.first().copied().unwrap_or_default();
                let message = format!("circular dependency: {}", cycle::words(&cycle));
                self.findings.push(Finding::new(
                    FindingKind::Cycle,
                    Path::root(section).key(first),
                    message,
                ));
            }
        }
    }
}
