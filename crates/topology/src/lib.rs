//! The topology language: from YAML text to one resolved environment.
//!
//! In: the text of a topology and the files it names (through [`sources::Sources`], so this crate does no I/O).
//! Out: an [`environment::Environment`] in which every overlay is applied and every reference resolves, or the
//! [`problem::Problems`] with the place of each. Never: CloudFormation, AWS, the clock, the terminal.
//!
//! ```text
//! text -> document   tree with positions
//!      -> layers     base < environment < region < --set, then `like`
//!      -> shape      compared with the tables of the language
//!      -> decode     typed, defaults filled in
//!      -> checks     references, limits, regions
//! ```

mod checks;
pub mod codes;
mod decode;
mod document;
pub mod documents;
pub mod environment;
pub mod examples;
mod findings;
mod layers;
mod nearest;
mod node;
pub mod problem;
mod provenance;
mod resolve;
mod rules;
mod setting;
mod shape;
pub mod sources;
mod templates;
mod units;
mod view;

pub use document::{Document, parse, parse_bytes};
pub use resolve::{Resolved, check_all, resolve};
pub use rules::rule_set_problems;
pub use setting::{Setting, SettingError};
pub use shape::schema;
