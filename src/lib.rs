//! liftform: game backends on Amazon GameLift from one YAML topology.
//!
//! | module | in | out |
//! |---|---|---|
//! | [`cli`] | arguments, environment variables, terminal | text, exit status |
//! | [`ops`] | options | results of the commands that touch no cloud |
//! | [`bundle`] | Cargo workspace, build folders | repeatable archives |
//! | [`deploy`] | stacks, archives | deployed stacks, outcome |
//! | [`local`] | folders, ports | a running local cloud |
//! | [`aws`] | requests of `deploy` | AWS's answers |
//!
//! [`event`], [`moment`] and [`remote`] are what they tell each other.
//!
//! Files: reads the topology (by default the only one in `stacks/`) and what it names; writes templates to
//! `target/liftform/<environment>`, archives to `liftform/artifacts` in Cargo's target folder, and the local cloud's state
//! to `target/liftform/local-cloud` (`LIFTFORM_LOCAL_DIR`) and its Python environment to the user's cache folder
//! (`LIFTFORM_CACHE_DIR`).

pub mod aws;
pub mod bundle;
pub mod cli;
pub mod deploy;
pub mod event;
pub mod local;
pub mod moment;
pub mod ops;
pub mod remote;
