//! IAM policy documents: sets in the clothes of lists.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::canonical;
use super::evaluate::call;

/// Whether an object is a policy document.
pub(super) fn is_policy(object: &Map<String, Json>) -> bool {
    let is_statement = |value: &Json| value.get("Effect").is_some();
    object
        .get("Statement")
        .is_some_and(|statement| items(statement).any(is_statement))
}

/// A document's form: statements and the lists in them sorted, single values as lists.
pub(super) fn canonical(object: &Map<String, Json>) -> Json {
    let entry = |(name, found): (&String, &Json)| {
        let form = if name == "Statement" {
            sorted(items(found).map(statement))
        } else {
            canonical::form(found)
        };
        (name.clone(), form)
    };
    Json::Object(object.iter().map(entry).collect())
}

fn statement(found: &Json) -> Json {
    let Json::Object(object) = found else {
        return canonical::form(found);
    };
    let entry = |(name, found): (&String, &Json)| {
        let form = match (name.as_str(), found) {
            ("Sid" | "Effect" | "Condition", _) => canonical::form(found),
            ("Principal" | "NotPrincipal", Json::Object(kinds)) if call(kinds).is_none() => {
                Json::Object(
                    kinds
                        .iter()
                        .map(|(kind, who)| (kind.clone(), set(who)))
                        .collect(),
                )
            }
            _ => set(found),
        };
        (name.clone(), form)
    };
    Json::Object(object.iter().map(entry).collect())
}

fn set(found: &Json) -> Json {
    sorted(items(found).map(canonical::form))
}

fn sorted(items: impl Iterator<Item = Json>) -> Json {
    let items: BTreeMap<String, Json> = items.map(|item| (item.to_string(), item)).collect();
    Json::Array(items.into_values().collect())
}

/// A list's items, or the one value that stands for a list of one.
pub(super) fn items(found: &Json) -> impl Iterator<Item = &Json> {
    let list = found.as_array().map(Vec::as_slice);
    list.unwrap_or(std::slice::from_ref(found)).iter()
}

/// The smallest thing that a statement says: one effect for one principal, action and resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Atom {
    pub(super) effect: String,
    pub(super) principal: String,
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) condition: String,
}

impl Atom {
    pub(super) fn is_denial(&self) -> bool {
        self.effect == "Deny"
    }

    /// Whether whatever another one says is said by this one, too. Not knowing counts as no.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let action = (self.action.to_lowercase(), other.action.to_lowercase());
        self.effect == other.effect
            && (self.principal == other.principal || self.principal == "*")
            && matches(&action.0, &action.1)
            && matches(&self.resource, &other.resource)
            && (self.condition.is_empty() || self.condition == other.condition)
    }
}

/// Whether all that a pattern stands for is among what another one stands for.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
fn matches(wide: &str, narrow: &str) -> bool {
    if wide == narrow {
        return true;
    }
    if wide.starts_with(ALL_BUT) || narrow.starts_with(ALL_BUT) {
        return wide == "*";
    }
    // The usual two-pointer search: on a mismatch the latest star takes one letter more.
    let (wide, narrow) = (wide.as_bytes(), narrow.as_bytes());
    let (mut at, mut from, mut retry) = (0, 0, None);
    while let Some(&letter) = narrow.get(from) {
        match wide.get(at) {
            Some(b'*') => {
                at += 1;
                retry = Some((at, from));
            }
            Some(&wanted) if wanted == letter || (wanted == b'?' && letter != b'*') => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((star, taken)) = retry else {
                    return false;
                };
                (at, from, retry) = (star, taken + 1, Some((star, taken + 1)));
            }
        }
    }
    wide.iter().skip(at).all(|letter| *letter == b'*')
}

/// Before what `NotAction` and its like name.
const ALL_BUT: &str = "all but ";

/// Everything that a document says.
pub(super) fn atoms(document: &Json) -> BTreeSet<Atom> {
    items(&document["Statement"])
        .flat_map(of_statement)
        .collect()
}

fn of_statement(statement: &Json) -> Vec<Atom> {
    let condition = statement
        .get("Condition")
        .map(|condition| show(&canonical::form(condition)))
        .unwrap_or_default();
    let mut found = Vec::new();
    for principal in principals(statement) {
        for action in words(statement, "Action") {
            for resource in words(statement, "Resource") {
                found.push(Atom {
                    effect: show(&statement["Effect"]),
                    principal: principal.clone(),
                    action: action.clone(),
                    resource,
                    condition: condition.clone(),
                });
            }
        }
    }
    found
}

/// The values below `Action` or `NotAction` and the like; one empty word when there are none.
fn words(statement: &Json, key: &str) -> Vec<String> {
    let plain = statement.get(key).map(|found| (found, ""));
    let negated = statement
        .get(format!("Not{key}"))
        .map(|found| (found, ALL_BUT));
    match plain.or(negated) {
        None => vec![String::new()],
        Some((found, prefix)) => items(found)
            .map(|item| format!("{prefix}{}", show(item)))
            .collect(),
    }
}

fn principals(statement: &Json) -> Vec<String> {
    let plain = statement.get("Principal").map(|found| (found, ""));
    let negated = statement.get("NotPrincipal").map(|found| (found, ALL_BUT));
    match plain.or(negated) {
        None => vec![String::new()],
        Some((Json::Object(kinds), prefix)) => kinds
            .values()
            .flat_map(items)
            .map(|who| format!("{prefix}{}", show(who)))
            .collect(),
        Some((found, prefix)) => vec![format!("{prefix}{}", show(found))],
    }
}

/// A value in one line: functions in YAML's short form.
pub(super) fn show(value: &Json) -> String {
    let short = |value: &Json| {
        let (name, argument) = value
            .as_object()
            .filter(|object| object.len() == 1)?
            .iter()
            .next()?;
        Some(match (name.as_str(), argument) {
            ("Ref", Json::String(id)) => format!("!Ref {id}"),
            ("Fn::GetAtt", Json::String(path)) => format!("!GetAtt {path}"),
            ("Fn::GetAtt", Json::Array(parts)) => {
                let parts: Vec<&str> = parts.iter().filter_map(Json::as_str).collect();
                format!("!GetAtt {}", parts.join("."))
            }
            ("Fn::Sub", Json::String(text)) => text.clone(),
            _ => return None,
        })
    };
    let text = value.as_str().map(str::to_owned);
    text.or_else(|| short(value))
        .unwrap_or_else(|| value.to_string())
}
