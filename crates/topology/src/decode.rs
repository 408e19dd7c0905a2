//! From a checked tree to the resolved types. Values of the wrong shape have been reported before and read as defaults.

pub(crate) mod backend;

pub(crate) mod fleets;
pub(crate) mod known;
pub(crate) mod matchmaking;
