//! What the commands do, without the command line: one file per operation.
//!
//! In: options as values. Out: results as values. Never: arguments, terminals, environment variables.

pub mod assets;
pub mod aws_rules;
pub mod client;
pub mod companion;
pub mod compile;
pub mod diagnose;
pub mod diff;
pub mod doctor;
pub mod drain;
pub mod drift;
pub mod failure;
pub mod graph;
pub mod history;
pub mod init;
pub mod inspect;
pub mod observe;
pub mod outputs;
pub mod pipeline;
pub mod plan_file;
pub mod play;
pub mod policies;
pub mod redrive;
pub mod select;
pub mod simulate;
pub mod source;
pub mod stuck;
pub mod survey;
pub mod synth;
pub mod trouble;
