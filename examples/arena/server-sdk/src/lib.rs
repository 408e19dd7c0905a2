//! What a game server process says to Amazon GameLift, and what it is told: version 5 of the server SDK's protocol.
//!
//! [`connect`] gives a [`Server`], with which the process reports and asks, and a stream of [`Push`]es, with which the
//! service tells it what to do. The order of life: connect, [`Server::ready`], [`Push::CreateGameSession`],
//! [`Server::activate_game_session`], [`Server::accept_player_session`] for each player, [`Server::ending`].
//!
//! | module | holds |
//! |---|---|
//! | [`settings`] | where to connect, as the fleet's environment variables say |
//! | [`messages`] | the frames |
//! | [`server`] | requests and their replies |
//! | [`connection`] | the socket: kept open, opened again, replaced when the service asks for it |
//!
//! The protocol follows the open source of GameLift's own SDK for Go:
//! <https://github.com/amazon-gamelift/amazon-gamelift-servers-go-server-sdk>. Not here: signed connections without a
//! token, fleet role credentials, backfill requests made by the server itself.

pub mod connection;
pub mod messages;
pub mod server;
pub mod settings;

pub use connection::connect;
pub use messages::{GameSession, PlayerSession, Push};
pub use server::{SdkError, Server};
pub use settings::{Settings, SettingsError};
