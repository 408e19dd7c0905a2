//! The JSON object behind a typed structure.

use serde_json::{Map, Value as Json};

use crate::Value;

/// Properties set so far, by their CloudFormation names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Properties(Map<String, Json>);

impl Properties {
    /// Sets one property; a later value replaces an earlier one.
    // Not generic over the value, so that the many setters share one copy of this code.
    pub(crate) fn with<T>(self, name: &str, value: Value<T>) -> Self {
        self.with_json(name, value.into())
    }

    fn with_json(mut self, name: &str, value: Json) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn into_map(self) -> Map<String, Json> {
        self.0
    }
}
