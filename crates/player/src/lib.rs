//! A player of a deployed backend, as a game client is one: gets an identity, asks for a match with signed requests,
//! follows the ticket, and joins the game server.
//!
//! | module | holds |
//! |---|---|
//! | [`backend`] | where a backend is, and requests to it |
//! | [`identity`] | a guest of its identity pool, and signatures |
//! | [`tickets`] | what the ticket API takes and answers |
//! | [`journey`] | the way from the first request to the game server |
//! | [`latency`] | how far the locations are |
//! | [`server`] | the sample game's greeting over TCP and UDP |
//!
//! Blocking: a client plays one game, and a crowd of them is a crowd of threads. Never prints; the clock that dates
//! signatures is passed in.

pub mod backend;
pub mod error;
pub mod identity;
pub mod journey;
pub mod latency;
pub mod server;
pub mod tickets;

pub use backend::Backend;
pub use error::PlayerError;
pub use identity::Player;
pub use journey::{Journey, Outcome, Step};
pub use server::Protocol;
pub use tickets::{Connection, Reply, Status, Ticket, Wish};
