//! The service through HTTP: what a client sends and gets, in both protocols.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod clients;
mod cloud;
mod containers;
mod control;
mod events;
mod fleets;
mod game_server;
mod matches;
mod matchmaking;
mod placements;
mod protocols;
mod resources;
mod saved;
mod servers;
mod sessions;
