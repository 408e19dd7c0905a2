//! The typed rule set: what a body means once nothing about its shape is open.

mod aged;
pub(crate) mod algorithm;
pub(crate) mod attribute;
pub(crate) mod expansion;
pub(crate) mod expression;
pub(crate) mod rule;
pub(crate) mod rule_set;
pub(crate) mod statement;
