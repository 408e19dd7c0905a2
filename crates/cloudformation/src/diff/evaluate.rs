//! Works out what a template's functions yield, as far as the values of its parameters are known.
//!
//! What can't be known before a deployment (what resources return, pseudo parameters, parameters without a value) stays as
//! it is, in one spelling for all that mean the same.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::sub::{self, Piece};
use super::{Side, canonical};
use crate::template::ParameterType;

/// One template with the values of its parameters.
pub(super) struct Evaluator<'side> {
    side: Option<&'side Side<'side>>,
    /// Conditions whose outcome is known.
    conditions: BTreeMap<&'side str, bool>,
}

/// A function call: its name and its argument.
pub(super) fn call(object: &Map<String, Json>) -> Option<(&str, &Json)> {
    let (name, argument) = object.iter().next().filter(|_| object.len() == 1)?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name, argument))
}

impl<'side> Evaluator<'side> {
    pub(super) fn new(side: &'side Side<'side>) -> Self {
        let mut evaluator = Self {
            side: Some(side),
            conditions: BTreeMap::new(),
        };
        // Conditions refer to each other in any order, so they are gone through until nothing new comes out.
        loop {
            let open = side.template.conditions.iter();
            let found: Vec<(&str, bool)> = open
                .filter(|(name, _)| !evaluator.conditions.contains_key(name.as_str()))
                .filter_map(|(name, test)| Some((name.as_str(), evaluator.test(test)?)))
                .collect();
            if found.is_empty() {
                return evaluator;
            }
            evaluator.conditions.extend(found);
        }
    }

    /// For values outside of a template.
    pub(super) fn without_template() -> Self {
        Self {
            side: None,
            conditions: BTreeMap::new(),
        }
    }

    /// The outcome of a condition; none: it isn't known.
    pub(super) fn condition(&self, name: &str) -> Option<bool> {
        self.conditions.get(name).copied()
    }

    fn test(&self, test: &Json) -> Option<bool> {
        let (name, argument) = test.as_object()?.iter().next()?;
        let all = || argument.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut outcomes = all().iter().map(|test| self.test(test));
        match name.as_str() {
            "Condition" => self.condition(argument.as_str()?),
            "Fn::Not" => outcomes.next()?.map(|outcome| !outcome),
            "Fn::And" => decide(outcomes, false),
            "Fn::Or" => decide(outcomes, true),
            "Fn::Equals" => match all() {
                [one, other] => self.equal(one, other),
                _ => None,
            },
            _ => None,
        }
    }

    fn equal(&self, one: &Json, other: &Json) -> Option<bool> {
        let form = |value| canonical::form(&self.value(value));
        let (one, other) = (form(one), form(other));
        let are_known = one.is_string() && other.is_string();
        (one == other || are_known).then_some(one == other)
    }

    /// What a value yields.
    pub(super) fn value(&self, found: &Json) -> Json {
        match found {
            Json::Array(items) => {
                let items = items.iter().map(|item| self.value(item));
                items.filter(|item| !is_no_value(item)).collect()
            }
            Json::Object(object) => match call(object) {
                Some((name, argument)) => self.function(name, argument),
                None => Json::Object(self.object(object)),
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => found.clone(),
        }
    }

    /// What the values of a resource's properties yield. Most yield what they are.
    pub(super) fn properties<'value>(
        &self,
        properties: &'value Map<String, Json>,
    ) -> Cow<'value, Map<String, Json>> {
        if properties.values().all(|value| self.is_settled(value)) {
            Cow::Borrowed(properties)
        } else {
            Cow::Owned(self.object(properties))
        }
    }

    /// Whether a value surely yields what it is.
    fn is_settled(&self, value: &Json) -> bool {
        match value {
            Json::Array(items) => items.iter().all(|item| self.is_settled(item)),
            Json::Object(object) => match call(object) {
                Some((name, argument)) => self.is_settled_call(name, argument),
                None => object.values().all(|value| self.is_settled(value)),
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => true,
        }
    }

    fn is_settled_call(&self, function: &str, argument: &Json) -> bool {
        match (function, argument) {
            ("Ref", Json::String(name)) => name != NO_VALUE && !self.is_parameter(name),
            ("Fn::GetAtt", Json::Array(_)) => true,
            ("Fn::Sub", Json::String(text)) => {
                sub::is_shortest(text) && !sub::names(text).any(|name| self.is_parameter(name))
            }
            _ => false,
        }
    }

    fn is_parameter(&self, name: &str) -> bool {
        self.side.is_some_and(|side| {
            side.template.parameters.contains_key(name) || side.parameters.contains_key(name)
        })
    }

    /// What the values of an object yield.
    fn object(&self, object: &Map<String, Json>) -> Map<String, Json> {
        let entries = object
            .iter()
            .map(|(name, value)| (name.clone(), self.value(value)));
        entries.filter(|(_, value)| !is_no_value(value)).collect()
    }

    fn function(&self, name: &str, argument: &Json) -> Json {
        let known = match name {
            "Ref" => argument.as_str().and_then(|name| self.parameter(name)),
            "Fn::GetAtt" => get_att(argument),
            "Fn::Sub" => self.sub(argument),
            "Fn::If" => self.choose(argument),
            "Fn::FindInMap" => self.find_in_map(argument),
            "Fn::Join" => self.join(argument),
            "Fn::Select" => self.select(argument),
            "Fn::Split" => self.split(argument),
            _ => None,
        };
        known.unwrap_or_else(|| json!({ name: self.value(argument) }))
    }

    /// A parameter's value. What a name in Systems Manager stands for is known only to CloudFormation.
    fn parameter(&self, name: &str) -> Option<Json> {
        let side = self.side?;
        let kind = side.template.parameters.get(name).map(|it| &it.kind);
        if kind.is_some_and(|kind| kind.as_str().starts_with("AWS::SSM::Parameter::Value")) {
            return None;
        }
        let value = side.parameter(name)?;
        Some(if kind.is_some_and(ParameterType::is_list) {
            value.split(',').map(str::trim).collect()
        } else {
            Json::String(value)
        })
    }

    fn sub(&self, argument: &Json) -> Option<Json> {
        let (text, variables) = match argument {
            Json::String(text) => (text, Map::new()),
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(text), Json::Object(variables)] => (text, self.object(variables)),
                _ => return None,
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => return None,
        };
        let mut left = Map::new();
        let mut pieces = Vec::new();
        for piece in sub::parse(text) {
            match piece {
                Piece::Text(_) => pieces.push(piece),
                Piece::Name(name) => match variables.get(&name) {
                    None => pieces.extend(self.named(name)),
                    Some(value) => match sub::pieces(value) {
                        Some(found) => pieces.extend(found),
                        None => {
                            left.insert(name.clone(), value.clone());
                            pieces.push(Piece::Name(name));
                        }
                    },
                },
            }
        }
        Some(sub::build(pieces, left))
    }

    fn named(&self, name: String) -> Vec<Piece> {
        let known = self.parameter(&name);
        known
            .and_then(|value| sub::pieces(&value))
            .unwrap_or_else(|| vec![Piece::Name(name)])
    }

    fn join(&self, argument: &Json) -> Option<Json> {
        let Json::Array(parts) = self.value(argument) else {
            return None;
        };
        let [Json::String(separator), Json::Array(items)] = parts.as_slice() else {
            return None;
        };
        let mut pieces = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                pieces.push(Piece::Text(separator.clone()));
            }
            pieces.extend(sub::pieces(item)?);
        }
        Some(sub::build(pieces, Map::new()))
    }

    fn choose(&self, argument: &Json) -> Option<Json> {
        let [Json::String(condition), yes, no] = argument.as_array()?.as_slice() else {
            return None;
        };
        let outcome = self.condition(condition)?;
        Some(self.value(if outcome { yes } else { no }))
    }

    fn find_in_map(&self, argument: &Json) -> Option<Json> {
        let keys = self.value(argument);
        let [Json::String(mapping), first, second] = keys.as_array()?.as_slice() else {
            return None;
        };
        let key = |key: &Json| (key.is_string() || key.is_number()).then(|| canonical::text(key));
        let table = self.side?.template.mappings.get(mapping)?;
        Some(self.value(table.get(key(first)?)?.get(key(second)?)?))
    }

    fn select(&self, argument: &Json) -> Option<Json> {
        let parts = self.value(argument);
        let [index, Json::Array(items)] = parts.as_array()?.as_slice() else {
            return None;
        };
        let index: usize = canonical::text(index).parse().ok()?;
        items.get(index).cloned()
    }

    fn split(&self, argument: &Json) -> Option<Json> {
        let parts = self.value(argument);
        let [Json::String(separator), Json::String(text)] = parts.as_array()?.as_slice() else {
            return None;
        };
        (!separator.is_empty()).then(|| text.split(separator.as_str()).collect())
    }
}

/// One outcome that decides is enough; the other one needs all.
fn decide(outcomes: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let outcomes: Vec<Option<bool>> = outcomes.collect();
    if outcomes.contains(&Some(decisive)) {
        return Some(decisive);
    }
    (!outcomes.contains(&None)).then_some(!decisive)
}

fn is_no_value(value: &Json) -> bool {
    value.get("Ref").and_then(Json::as_str) == Some(NO_VALUE)
}

/// What stands in place of nothing.
const NO_VALUE: &str = "AWS::NoValue";

fn get_att(argument: &Json) -> Option<Json> {
    let (id, attribute) = argument.as_str()?.split_once('.')?;
    Some(json!({ "Fn::GetAtt": [id, attribute] }))
}
