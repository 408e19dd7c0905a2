//! Players over TCP and UDP.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use crate::arena::{Arena, Doorkeeper};
use crate::hello::{self, Hello, LONGEST};

/// Serves TCP players until the session ends. Each connection is a task; those of the last players end with the process.
pub(crate) async fn tcp<D>(listener: &TcpListener, arena: &Arc<Arena<D>>)
where
    D: Doorkeeper + 'static,
{
    let players = tokio::task::LocalSet::new();
    players
        .run_until(async {
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    let arena = Arc::clone(arena);
                    tokio::task::spawn_local(async move {
                        // A broken connection is a player who left.
                        let _ = converse(stream, &arena).await;
                    });
                }
            }
        })
        .await;
}

async fn converse<D: Doorkeeper>(mut stream: TcpStream, arena: &Arena<D>) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::new(reader);
    let mut joined = None;
    let result = loop {
        let mut line = String::new();
        match (&mut reader)
            .take(LONGEST as u64)
            .read_line(&mut line)
            .await
        {
            Ok(0) => break Ok(()),
            Ok(_) => {}
            Err(error) => break Err(error),
        }
        let Some(answer) = answer(&line, arena, &mut joined).await else {
            break Ok(());
        };
        if let Err(error) = writer.write_all(format!("{answer}\n").as_bytes()).await {
            break Err(error);
        }
    };
    if let Some(player_session) = joined {
        arena.leave(&player_session).await;
    }
    result
}

/// Serves UDP players until the session ends.
pub(crate) async fn udp<D: Doorkeeper>(socket: &UdpSocket, arena: &Arena<D>) {
    let mut buffer = [0; LONGEST];
    loop {
        // An error here belongs to an earlier datagram whose player is gone.
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let Some(message) = buffer
            .get(..length)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
        else {
            continue;
        };
        let mut joined = None;
        match answer(message, arena, &mut joined).await {
            // Datagrams get lost, on the way out, too: the player asks again.
            Some(answer) => drop(socket.send_to(answer.as_bytes(), from).await),
            None => continue,
        }
    }
}

/// None: there is nothing to say any more.
async fn answer<D: Doorkeeper>(
    message: &str,
    arena: &Arena<D>,
    joined: &mut Option<String>,
) -> Option<String> {
    match hello::read(message)? {
        Hello::Join(player_session) => {
            let answer = arena.join(player_session).await;
            if answer.starts_with("WELCOME") {
                *joined = Some(player_session.to_owned());
            }
            Some(answer)
        }
        Hello::Ping(text) => Some(format!("PONG {text}")),
        Hello::Leave(player_session) => {
            arena.leave(player_session).await;
            None
        }
    }
}
