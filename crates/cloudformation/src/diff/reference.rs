//! Which names a value takes its content from.

use serde_json::{Map, Value as Json};

use super::evaluate::call;
use super::path::{Path, keyed};
use super::sub;

/// One function call that refers to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// Where the function stands; what is within its arguments stands there, too.
    pub(super) path: Path,
    /// The resource or parameter.
    pub(super) name: String,
    /// The resource's attribute; none: what `Ref` gives.
    pub(super) attribute: Option<String>,
}

/// The references within a resource's properties to one resource or parameter.
pub(super) fn references_to(name: &str, properties: &Map<String, Json>) -> Vec<Reference> {
    let mut search = Search {
        wanted: Some(name),
        trail: Vec::new(),
        found: Vec::new(),
    };
    search.members(properties);
    search.found
}

/// The names of all resources and parameters that a value refers to, some more than once.
pub(super) fn names<'value>(value: &'value Json, found: &mut Vec<&'value str>) {
    let id = |name: &'value str| name.split('.').next().unwrap_or(name);
    match value {
        Json::Array(items) => items.iter().for_each(|item| names(item, found)),
        Json::Object(object) => match call(object) {
            Some(("Ref" | "Fn::GetAtt", Json::String(name))) => found.push(id(name)),
            Some(("Fn::GetAtt", Json::Array(parts))) => {
                found.extend(parts.first().and_then(Json::as_str));
            }
            Some(("Fn::Sub", Json::String(text))) => found.extend(sub::names(text).map(id)),
            Some(("Fn::Sub", Json::Array(parts))) => {
                let text = parts.first().and_then(Json::as_str).unwrap_or_default();
                found.extend(sub::names(text).map(id));
                parts.iter().for_each(|part| names(part, found));
            }
            _ => object.values().for_each(|value| names(value, found)),
        },
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// All references within one value, as if they stood at one place.
pub(super) fn references_in(value: &Json) -> Vec<Reference> {
    let mut search = Search {
        wanted: None,
        trail: Vec::new(),
        found: Vec::new(),
    };
    search.within(value);
    search.found
}

/// A walk through a value. Where it stands becomes a [`Path`] only when something is found there.
struct Search<'value> {
    /// The only name that counts; none: all do.
    wanted: Option<&'value str>,
    trail: Vec<Place<'value>>,
    found: Vec<Reference>,
}

#[derive(Clone, Copy)]
enum Place<'value> {
    Key(&'value str),
    Item(usize),
    Member(&'value str),
}

impl<'value> Search<'value> {
    fn at(&mut self, place: Place<'value>, value: &'value Json) {
        self.trail.push(place);
        self.collect(value);
        self.trail.pop();
    }

    fn members(&mut self, object: &'value Map<String, Json>) {
        for (name, value) in object {
            self.at(Place::Key(name), value);
        }
    }

    fn collect(&mut self, value: &'value Json) {
        match value {
            Json::Object(object) if call(object).is_some() => self.within(value),
            Json::Object(object) => self.members(object),
            Json::Array(items) => match keyed(items) {
                Some(items) => {
                    for (key, item) in items {
                        self.at(Place::Member(key), item);
                    }
                }
                None => {
                    for (index, item) in items.iter().enumerate() {
                        self.at(Place::Item(index), item);
                    }
                }
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    /// Notes whatever a value refers to at one place.
    fn within(&mut self, value: &Json) {
        match value {
            Json::Array(items) => items.iter().for_each(|item| self.within(item)),
            Json::Object(object) => match call(object) {
                Some((function, argument)) => self.function_call(function, argument),
                None => object.values().for_each(|value| self.within(value)),
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    fn function_call(&mut self, function: &str, argument: &Json) {
        match (function, argument) {
            ("Ref" | "Fn::GetAtt", Json::String(name)) => self.named(name),
            ("Fn::GetAtt", Json::Array(parts)) => {
                let parts: Vec<&str> = parts.iter().filter_map(Json::as_str).collect();
                self.named(&parts.join("."));
            }
            ("Fn::Sub", Json::String(text)) => self.substituted(text),
            ("Fn::Sub", Json::Array(parts)) => {
                if let Some(text) = parts.first().and_then(Json::as_str) {
                    self.substituted(text);
                }
                parts.iter().skip(1).for_each(|part| self.within(part));
            }
            _ => self.within(argument),
        }
    }

    fn substituted(&mut self, text: &str) {
        sub::names(text).for_each(|name| self.named(name));
    }

    /// `Name` or `Name.Attribute`. `AWS::Region` and its like belong to no template.
    fn named(&mut self, text: &str) {
        let (name, attribute) = match text.split_once('.') {
            Some((name, attribute)) => (name, Some(attribute)),
            None => (text, None),
        };
        if name.contains("::") || self.wanted.is_some_and(|wanted| wanted != name) {
            return;
        }
        self.found.push(Reference {
            path: self.path(),
            name: name.to_owned(),
            attribute: attribute.map(str::to_owned),
        });
    }

    fn path(&self) -> Path {
        let trail = self.trail.iter();
        trail.fold(Path::default(), |path, place| match place {
            Place::Key(name) => path.key(name),
            Place::Item(index) => path.item(*index),
            Place::Member(key) => path.member(key),
        })
    }
}
