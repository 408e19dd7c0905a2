//! The life of the process: ready, one session, end.

use std::sync::Arc;
use std::time::Duration;

use gamelift_server_sdk::server::Health;
use gamelift_server_sdk::{GameSession, Push, Server};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::Receiver;

use crate::arena::{Arena, Seats};
use crate::arguments::Arguments;
use crate::ports::Sockets;
use crate::{ServerError, log, transport};

/// GameLift counts a process as unhealthy after three minutes without.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// Runs until the session, the instance or the connection ends.
pub(crate) async fn run(
    server: Server,
    pushes: Receiver<Push>,
    sockets: Sockets,
    arguments: &Arguments,
) -> Result<(), ServerError> {
    let mut terminated = signal(SignalKind::terminate())?;
    server.ready(sockets.port, &[]).await?;
    log(&format!("ready on port {}", sockets.port));
    tokio::select! {
        result = serve(&server, pushes, &sockets, arguments) => result?,
        () = beat(&server) => {}
        _ = terminated.recv() => log("asked to end"),
    }
    server.ending().await?;
    Ok(())
}

async fn beat(server: &Server) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        // A missed one is made up for by the next; a lost connection arrives as a push.
        if let Err(error) = server.heartbeat(Health::Good).await {
            log(&error.to_string());
        }
    }
}

async fn serve(
    server: &Server,
    mut pushes: Receiver<Push>,
    sockets: &Sockets,
    arguments: &Arguments,
) -> Result<(), ServerError> {
    let Some(session) = next_session(&mut pushes).await else {
        return Ok(());
    };
    server
        .activate_game_session(&session.game_session_id)
        .await?;
    log(&format!("hosting {}", session.game_session_id));
    let seats = Seats {
        server: server.clone(),
        game_session: session.game_session_id,
    };
    let arena = Arc::new(Arena::new(seats, arguments.idle));
    tokio::select! {
        () = transport::tcp(&sockets.tcp, &arena) => {}
        () = transport::udp(&sockets.udp, &arena) => {}
        () = arena.empty() => log("the session is over: nobody is here"),
        () = tokio::time::sleep(arguments.limit) => log("the session is over: time is up"),
        () = until_told(&mut pushes) => {}
    }
    Ok(())
}

/// None: the process must end before it gets one.
async fn next_session(pushes: &mut Receiver<Push>) -> Option<GameSession> {
    loop {
        match pushes.recv().await? {
            Push::CreateGameSession(session) => return Some(session),
            Push::UpdateGameSession { .. } => {}
            Push::TerminateProcess { .. } | Push::Disconnected => return None,
        }
    }
}

/// Follows what the service says while a session runs, until it says to end.
async fn until_told(pushes: &mut Receiver<Push>) {
    while let Some(push) = pushes.recv().await {
        match push {
            Push::UpdateGameSession { reason, .. } => log(&format!("session updated: {reason}")),
            Push::CreateGameSession(_) => log("a second session is not hosted"),
            Push::TerminateProcess { .. } => return log("told to end"),
            Push::Disconnected => return log("the connection is lost"),
        }
    }
}
