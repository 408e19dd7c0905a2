//! The topology language: from YAML text to one resolved environment.
//!
//! In: the text of a topology and the files it names (through [`sources::Sources`], so this crate does no I/O).
//! Out: an [`environment::Environment`] in which every overlay is applied and every reference resolves, or the
//! [`problem::Problems`] with the place of each. Never: CloudFormation, AWS, the clock, the terminal.

pub mod environment;
