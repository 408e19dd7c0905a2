//! The sample game's server, started by a GameLift fleet.
//!
//! It binds the first free port of its range for TCP and UDP, says that it is ready, hosts one game session, and ends;
//! the fleet starts it anew. Players are whoever presents a player session that GameLift confirms.

mod arena;
mod arguments;
mod game;
mod hello;
mod ports;
mod transport;

use std::io::Write as _;
use std::process::ExitCode;

use thiserror::Error;

use crate::arguments::{ArgumentError, Arguments};

/// Why the server ends early.
#[derive(Debug, Error)]
enum ServerError {
    #[error(transparent)]
    Arguments(#[from] ArgumentError),
    #[error(transparent)]
    Settings(#[from] gamelift_server_sdk::SettingsError),
    #[error(transparent)]
    GameLift(#[from] gamelift_server_sdk::SdkError),
    #[error("no port from {0} to {1} is free for both TCP and UDP")]
    NoPort(u16, u16),
    #[error("cannot watch for signals")]
    Signals(#[from] std::io::Error),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), ServerError> {
    let arguments = Arguments::read(std::env::args_os())?;
    #[expect(
        clippy::disallowed_methods,
        reason = "a game server gets its settings from the fleet's environment"
    )]
    let settings = gamelift_server_sdk::Settings::from_variables(|name| std::env::var(name).ok())?;
    let sockets = ports::bind(arguments.ports)
        .await
        .ok_or(ServerError::NoPort(arguments.ports.0, arguments.ports.1))?;
    let (server, pushes) = gamelift_server_sdk::connect(settings).await?;
    game::run(server, pushes, sockets, &arguments).await
}

/// GameLift keeps what its processes write to stderr.
fn log(message: &str) {
    // Nobody reads: then nobody misses it.
    let _ = writeln!(std::io::stderr(), "arena: {message}");
}
