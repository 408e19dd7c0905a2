//! A property value: a literal of some type, or an intrinsic function in its place.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

use crate::intrinsic::{self, Intrinsic};

/// A value of type `T`, or an intrinsic function that CloudFormation turns into one.
///
/// Held as JSON; `T` only steers which literals are accepted. `Value<serde_json::Value>` takes free-form JSON.
pub struct Value<T> {
    json: Json,
    literal: PhantomData<fn() -> T>,
}

impl<T> Value<T> {
    pub(crate) fn from_json(json: Json) -> Self {
        Self {
            json,
            literal: PhantomData,
        }
    }

    /// `Ref`: a parameter's value or a resource's primary identifier.
    #[must_use]
    pub fn reference(id: impl Into<String>) -> Self {
        intrinsic::reference(id).into()
    }

    /// `Fn::GetAtt`: an attribute of a resource.
    #[must_use]
    pub fn get_att(id: impl Into<String>, attribute: impl Into<String>) -> Self {
        intrinsic::get_att(id, attribute).into()
    }

    /// `Fn::Sub`: text with `${Name}` and `${Resource.Attribute}` in it.
    #[must_use]
    pub fn sub(text: impl Into<String>) -> Self {
        intrinsic::sub(text).into()
    }

    /// `Fn::If`: one of two values, by a condition.
    #[must_use]
    pub fn if_(
        condition: impl Into<String>,
        then: impl Into<Self>,
        otherwise: impl Into<Self>,
    ) -> Self {
        intrinsic::if_(condition, then.into(), otherwise.into()).into()
    }

    /// The JSON that stands in a template.
    #[must_use]
    pub fn as_json(&self) -> &Json {
        &self.json
    }
}

impl<T> From<Value<T>> for Json {
    fn from(value: Value<T>) -> Self {
        value.json
    }
}

impl<T> From<Intrinsic> for Value<T> {
    fn from(function: Intrinsic) -> Self {
        Self::from_json(function.into())
    }
}

impl<T, I: Into<Value<T>>> From<Vec<I>> for Value<Vec<T>> {
    fn from(items: Vec<I>) -> Self {
        items.into_iter().collect()
    }
}

impl<T, I: Into<Value<T>>, const N: usize> From<[I; N]> for Value<Vec<T>> {
    fn from(items: [I; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T, I: Into<Value<T>>> FromIterator<I> for Value<Vec<T>> {
    fn from_iter<A: IntoIterator<Item = I>>(items: A) -> Self {
        Self::from_json(Json::Array(
            items.into_iter().map(|item| item.into().json).collect(),
        ))
    }
}

impl<K: Into<String>, V: Into<Json>> From<BTreeMap<K, V>> for Value<Json> {
    fn from(entries: BTreeMap<K, V>) -> Self {
        Self::from_json(Json::Object(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        ))
    }
}

impl From<Map<String, Json>> for Value<Json> {
    fn from(object: Map<String, Json>) -> Self {
        Self::from_json(Json::Object(object))
    }
}

/// Literals whose JSON is their own.
macro_rules! literals {
    ($($target:ty: $($source:ty),+;)+) => {
        $($(
            impl From<$source> for Value<$target> {
                fn from(literal: $source) -> Self {
                    Self::from_json(literal.into())
                }
            }
        )+)+
    };
}

literals! {
    String: &str, String;
    bool: bool;
    i64: i64, i32, u8, u16, u32, u64;
    f64: i64, i32, u8, u16, u32;
    Json: Json, &str, String;
}

impl From<&String> for Value<String> {
    fn from(literal: &String) -> Self {
        Self::from_json(literal.as_str().into())
    }
}

impl From<f64> for Value<f64> {
    /// Whole numbers are written without a fraction. Infinity and NaN become `null`, which validation reports.
    fn from(literal: f64) -> Self {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let whole = literal.fract() == 0.0 && literal.abs() <= EXACT;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole and within 2^53, so exact"
        )]
        Self::from_json(if whole {
            Json::from(literal as i64)
        } else {
            Json::from(literal)
        })
    }
}

impl<T> Clone for Value<T> {
    fn clone(&self) -> Self {
        Self::from_json(self.json.clone())
    }
}

impl<T> PartialEq for Value<T> {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl<T> fmt::Debug for Value<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json.fmt(formatter)
    }
}

impl<T> Serialize for Value<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}
