//! CloudFormation as a library: typed resources, intrinsic functions, templates. Knows nothing of games.
//!
//! Comes in: Rust values, or template text in JSON or YAML. Goes out: canonical template text and findings.
//! Never calls AWS and never does I/O: the registry schemas are compiled in.
//!
//! | module | what it holds |
//! |---|---|
//! | [`dynamodb`], [`gamelift`], … | one type per resource and nested property, generated from `schemas/` |
//! | [`intrinsic`] | `Ref`, `Fn::GetAtt`, `Fn::Sub` and the rest |
//! | [`template`] | the template, its parameters, resources and outputs |
//! | [`mod@read`] | template text, JSON or YAML, with positions |
//! | [`schema`] | what a resource type's properties mean: create-only, read-only, … |
//! | [`diff`] | what differs between two templates, and what that does to the resources |
//! | [`mod@validate`] | what is wrong with a template |

pub mod diff;
pub mod intrinsic;
pub mod permissions;
mod properties;
pub mod read;
pub mod schema;
pub mod template;
mod typed;
pub mod validate;
mod value;
mod write;

pub use intrinsic::Intrinsic;
pub use read::{ParseError, Position, Positions};
pub use template::{
    DeletionPolicy, DuplicateId, IdError, LogicalId, Output, Parameter, Resource, Template,
};
pub use validate::{Finding, FindingKind, ValidateOptions, validate};
pub use value::Value;

mod generated {
    include!(concat!(env!("OUT_DIR"), "/resources.rs"));
}

pub use generated::*;
