//! Matchmaking attributes: what a topology declares, what a player has, what FlexMatch accepts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use thiserror::Error;

/// Longest string FlexMatch takes.
const LONGEST_STRING: usize = 100;
/// Most strings in a list.
const LONGEST_LIST: usize = 100;
/// Most pairs in a map.
const LARGEST_MAP: usize = 10;

/// The types of FlexMatch's rule language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeType {
    /// Text.
    String,
    /// A number.
    Number,
    /// A list of texts.
    StringList,
    /// Numbers by name.
    StringNumberMap,
}

/// An attribute as the topology declares it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Declaration {
    /// The attribute's type.
    #[serde(rename = "type")]
    pub kind: AttributeType,
    /// What a player without the attribute has.
    #[serde(default)]
    pub default: Option<Value>,
}

/// A value FlexMatch accepts.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// 1 to 100 characters.
    String(String),
    /// A finite number.
    Number(f64),
    /// Up to 100 strings.
    StringList(Vec<String>),
    /// Up to 10 pairs.
    StringNumberMap(BTreeMap<String, f64>),
}

/// Why a value is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AttributeError {
    /// Not declared.
    #[error("attribute `{0}` is not known to matchmaking")]
    Unknown(String),
    /// Another type or beyond FlexMatch's limits.
    #[error("attribute `{name}` must be {expected}")]
    Value {
        /// The attribute.
        name: String,
        /// What would do.
        expected: &'static str,
    },
}

impl AttributeType {
    /// Reads a value of this type; none if it is of another type or beyond FlexMatch's limits.
    fn read(self, value: &Value) -> Option<Attribute> {
        match self {
            Self::String => string(value).map(Attribute::String),
            Self::Number => value.as_f64().map(Attribute::Number),
            Self::StringList => {
                let items = value
                    .as_array()
                    .filter(|items| items.len() <= LONGEST_LIST)?;
                items
                    .iter()
                    .map(string)
                    .collect::<Option<_>>()
                    .map(Attribute::StringList)
            }
            Self::StringNumberMap => {
                let pairs = value
                    .as_object()
                    .filter(|pairs| pairs.len() <= LARGEST_MAP)?;
                let pair = |(key, value): (&String, &Value)| {
                    let fits = (1..=LONGEST_STRING).contains(&key.chars().count());
                    fits.then(|| value.as_f64().map(|number| (key.clone(), number)))?
                };
                pairs
                    .iter()
                    .map(pair)
                    .collect::<Option<_>>()
                    .map(Attribute::StringNumberMap)
            }
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Self::String => "a string of 1 to 100 characters",
            Self::Number => "a number",
            Self::StringList => "a list of at most 100 strings of 1 to 100 characters",
            Self::StringNumberMap => "an object of at most 10 numbers",
        }
    }
}

fn string(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    (1..=LONGEST_STRING)
        .contains(&text.chars().count())
        .then(|| text.to_owned())
}

/// Checks what a client sent: declared names and their types only.
pub fn check_offered(
    declared: &BTreeMap<String, Declaration>,
    offered: &BTreeMap<String, Value>,
) -> Result<(), AttributeError> {
    for (name, value) in offered {
        let declaration = declared
            .get(name)
            .ok_or_else(|| AttributeError::Unknown(name.clone()))?;
        read(name, declaration, value)?;
    }
    Ok(())
}

/// Each declared attribute's value: what the game's services stored wins, then what the client offers, then the default.
///
/// A stored value that doesn't fit the declaration is an error, not a default: matching on the wrong skill is worse.
pub fn choose(
    declared: &BTreeMap<String, Declaration>,
    stored: &BTreeMap<String, Value>,
    offered: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Attribute>, AttributeError> {
    let mut chosen = BTreeMap::new();
    for (name, declaration) in declared {
        let value = stored
            .get(name)
            .or_else(|| offered.get(name))
            .or(declaration.default.as_ref());
        if let Some(value) = value {
            chosen.insert(name.clone(), read(name, declaration, value)?);
        }
    }
    Ok(chosen)
}

fn read(name: &str, declaration: &Declaration, value: &Value) -> Result<Attribute, AttributeError> {
    declaration
        .kind
        .read(value)
        .ok_or_else(|| AttributeError::Value {
            name: name.to_owned(),
            expected: declaration.kind.expected(),
        })
}

impl From<&Attribute> for Value {
    fn from(attribute: &Attribute) -> Self {
        match attribute {
            Attribute::String(text) => Self::from(text.as_str()),
            Attribute::Number(number) => Number::from_f64(*number).map_or(Self::Null, Self::Number),
            Attribute::StringList(items) => Self::from(items.clone()),
            Attribute::StringNumberMap(pairs) => pairs
                .iter()
                .map(|(key, number)| (key.clone(), Self::from(*number)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECLARED: &str = r#"{"skill": {"type": "number", "default": 1000}, "modes": {"type": "string_list"},
        "name": {"type": "string"}, "maps": {"type": "string_number_map"}}"#;

    fn map<T: serde::de::DeserializeOwned>(text: &str) -> BTreeMap<String, T> {
        serde_json::from_str(text).unwrap()
    }

    #[track_caller]
    fn check(stored: &str, offered: &str, expected: &str) {
        let text = match choose(&map(DECLARED), &map(stored), &map(offered)) {
            Ok(chosen) => {
                let values: BTreeMap<_, _> = chosen
                    .iter()
                    .map(|(name, one)| (name, Value::from(one)))
                    .collect();
                serde_json::to_string(&values).unwrap()
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(text, expected);
    }

    #[track_caller]
    fn check_refused(offered: &str, expected: &str) {
        assert_eq!(
            check_offered(&map(DECLARED), &map(offered))
                .unwrap_err()
                .to_string(),
            expected
        );
    }

    #[test]
    fn defaults_fill_what_nobody_says() {
        check("{}", "{}", r#"{"skill":1000.0}"#);
    }

    #[test]
    fn stored_values_win_over_offered_ones() {
        check(
            r#"{"skill": 1500}"#,
            r#"{"skill": 1}"#,
            r#"{"skill":1500.0}"#,
        );
        check("{}", r#"{"skill": 900}"#, r#"{"skill":900.0}"#);
    }

    #[test]
    fn every_type_is_read() {
        check(
            r#"{"maps": {"lava": 2}, "modes": ["duel"], "name": "ann"}"#,
            "{}",
            r#"{"maps":{"lava":2.0},"modes":["duel"],"name":"ann","skill":1000.0}"#,
        );
    }

    #[test]
    fn a_stored_value_of_another_type_is_an_error() {
        check(
            r#"{"skill": "high"}"#,
            "{}",
            "attribute `skill` must be a number",
        );
    }

    #[test]
    fn stored_values_nobody_declared_are_left_out() {
        check(
            r#"{"email": "ann@example.com"}"#,
            "{}",
            r#"{"skill":1000.0}"#,
        );
    }

    #[test]
    fn offers_beyond_the_declaration_are_refused() {
        check_refused(
            r#"{"admin": true}"#,
            "attribute `admin` is not known to matchmaking",
        );
        check_refused(
            r#"{"name": ""}"#,
            "attribute `name` must be a string of 1 to 100 characters",
        );
        check_refused(
            r#"{"modes": "duel"}"#,
            "attribute `modes` must be a list of at most 100 strings of 1 to 100 characters",
        );
        check_refused(
            r#"{"maps": {"": 1}}"#,
            "attribute `maps` must be an object of at most 10 numbers",
        );
    }
}
