//! liftform: game backends on Amazon GameLift from one YAML topology.

pub mod aws;
pub mod bundle;
pub mod deploy;
pub mod event;
pub mod local;
pub mod ops;
pub mod remote;
