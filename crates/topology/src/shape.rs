//! The language as data: which keys a record has, what each takes, its default and its meaning.
//!
//! One set of tables drives the check of a document's shape, the defaults, provenance, and the published JSON Schema.

mod check;
mod fields;
pub(crate) mod forms;
mod schema;
pub(crate) mod tables;

pub(crate) use check::{check, unknown_key};
pub(crate) use fields::{Fields, items};
pub use schema::schema;

use forms::Form;

/// A map with known keys.
#[derive(Debug)]
pub(crate) struct Record {
    /// What it describes, for messages: "a fleet".
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
}

/// A key of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
    pub(crate) presence: Presence,
    /// Shown by editors.
    pub(crate) doc: &'static str,
}

/// Whether a key must be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
    /// The value that holds when nothing is written, as one would write it.
    Default(&'static str),
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// Text of a certain form.
    Form(&'static Form),
    Flag,
    Integer {
        min: i64,
        max: i64,
    },
    Decimal {
        min: f64,
        max: f64,
    },
    /// Whole seconds.
    Duration {
        min: u64,
        max: u64,
    },
    /// Milliseconds.
    Latency,
    /// MiB.
    Memory {
        min: u64,
        max: u64,
    },
    Percent {
        min: u32,
        max: u32,
    },
    Rate,
    Ports,
    Choice(&'static [&'static str]),
    List(&'static Self),
    /// A list whose single item may stand without brackets.
    OneOrMore(&'static Self),
    Map {
        key: &'static Form,
        value: &'static Self,
    },
    Record(&'static Record),
    /// A record, or a truth value that switches its defaults on or off.
    FlagOr(&'static Record),
    /// Any value at all.
    Anything,
}

impl Record {
    pub(crate) fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.fields.iter().map(|field| field.key)
    }
}

const fn required(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field {
        key,
        kind,
        presence: Presence::Required,
        doc,
    }
}

const fn optional(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field {
        key,
        kind,
        presence: Presence::Optional,
        doc,
    }
}

const fn default(key: &'static str, kind: Kind, value: &'static str, doc: &'static str) -> Field {
    Field {
        key,
        kind,
        presence: Presence::Default(value),
        doc,
    }
}
