//! A request's members, read by name. The model has checked their types by the time an operation sees them.

use serde_json::{Map, Value};

use crate::error::{Answer, ApiError};

/// What an operation was asked with, or what a resource consists of.
pub(crate) type Record = Map<String, Value>;

/// The members of a request.
pub(crate) struct Input(Record);

impl Input {
    /// Absent and null are the same from here on.
    pub(crate) fn new(mut members: Record) -> Self {
        members.retain(|_, value| !value.is_null());
        Self(members)
    }

    pub(crate) fn has(&self, member: &str) -> bool {
        self.0.contains_key(member)
    }

    pub(crate) fn get(&self, member: &str) -> Option<&Value> {
        self.0.get(member)
    }

    /// A member that the model says is required, or that is required in this case.
    pub(crate) fn text(&self, member: &str) -> Answer<&str> {
        self.text_or_none(member)
            .ok_or_else(|| ApiError::invalid(format!("`{member}` is required")))
    }

    pub(crate) fn text_or_none(&self, member: &str) -> Option<&str> {
        self.0.get(member)?.as_str()
    }

    pub(crate) fn number(&self, member: &str) -> Option<i64> {
        let value = self.0.get(member)?;
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|number| number as i64))
    }

    /// A list's entries; none when the list is absent.
    pub(crate) fn list(&self, member: &str) -> &[Value] {
        self.0
            .get(member)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    /// The texts of a list; `None` when the list is absent, which often means "all".
    pub(crate) fn texts(&self, member: &str) -> Option<Vec<&str>> {
        self.has(member)
            .then(|| self.list(member).iter().filter_map(Value::as_str).collect())
    }

    /// All members except the named ones: what a new resource starts from.
    pub(crate) fn record_without(&self, members: &[&str]) -> Record {
        let kept = self
            .0
            .iter()
            .filter(|(name, _)| !members.contains(&name.as_str()));
        kept.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}
