//! The service through HTTP: what a client sends and gets, in both protocols.

mod cloud;
mod containers;
mod control;
mod fleets;
mod matchmaking;
mod protocols;
mod resources;
