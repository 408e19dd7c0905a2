//! The sample game's greeting (`examples/arena`): presents the player session over TCP and UDP (step 13).

use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _, UdpSocket};
use std::time::Duration;

use serde::Serialize;

use crate::error::PlayerError;
use crate::tickets::Connection;

/// Longest wait for a connection or an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Datagrams that ask to be let in; they get lost.
const DATAGRAMS: u32 = 5;

/// Longest answer, bytes.
const LONGEST: usize = 2_048;

/// How a client talks to the game server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// A stream of lines.
    Tcp,
    /// Datagrams.
    Udp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        })
    }
}

/// A player who was let in, until dropped.
#[derive(Debug)]
pub struct Visit {
    /// Where.
    pub address: SocketAddr,
    /// How the server named the player, by each protocol.
    pub welcomes: Vec<(Protocol, String)>,
    /// Closing it says goodbye.
    stream: Option<TcpStream>,
    datagrams: Option<(UdpSocket, String)>,
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let (None, Some((socket, session))) = (&self.stream, &self.datagrams) {
            // The server notices by itself, later.
            let _ = socket.send(format!("LEAVE {session}").as_bytes());
        }
    }
}

/// Connects by each protocol and presents the player session.
///
/// # Errors
///
/// When the connection says too little, or the server can't be reached or doesn't let the player in.
pub fn visit(connection: &Connection, protocols: &[Protocol]) -> Result<Visit, PlayerError> {
    let address = address(connection)?;
    let session = connection
        .player_session_id
        .as_deref()
        .ok_or(PlayerError::Incomplete("player session"))?;
    let mut visit = Visit {
        address,
        welcomes: Vec::new(),
        stream: None,
        datagrams: None,
    };
    for &protocol in protocols {
        let answer = match protocol {
            Protocol::Tcp => join_tcp(address, session).map(|(stream, answer)| {
                visit.stream = Some(stream);
                answer
            }),
            Protocol::Udp => join_udp(address, session).map(|(socket, answer)| {
                visit.datagrams = Some((socket, session.to_owned()));
                answer
            }),
        };
        let answer = answer.map_err(|source| PlayerError::NoServer {
            protocol,
            address: address.to_string(),
            source,
        })?;
        let player = answer
            .strip_prefix("WELCOME ")
            .ok_or_else(|| PlayerError::NotWelcome {
                protocol,
                answer: answer.clone(),
            })?;
        visit.welcomes.push((protocol, player.to_owned()));
    }
    Ok(visit)
}

/// The sample's servers have no certificates, so the address serves; the name is for matches that have only that.
fn address(connection: &Connection) -> Result<SocketAddr, PlayerError> {
    let port = connection.port.ok_or(PlayerError::Incomplete("port"))?;
    let host = connection
        .address
        .as_deref()
        .or(connection.dns_name.as_deref())
        .ok_or(PlayerError::Incomplete("address"))?;
    let resolved = (host, port)
        .to_socket_addrs()
        .ok()
        .and_then(|mut found| found.next());
    resolved.ok_or(PlayerError::Incomplete("address that resolves"))
}

fn join_tcp(address: SocketAddr, session: &str) -> io::Result<(TcpStream, String)> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("JOIN {session}\n").as_bytes())?;
    let mut answer = String::new();
    BufReader::new((&stream).take(LONGEST as u64)).read_line(&mut answer)?;
    Ok((stream, answer.trim_end().to_owned()))
}

fn join_udp(address: SocketAddr, session: &str) -> io::Result<(UdpSocket, String)> {
    let socket = UdpSocket::bind(("0.0.0.0", 0))?;
    socket.connect(address)?;
    socket.set_read_timeout(Some(PATIENCE / DATAGRAMS))?;
    let mut buffer = [0; LONGEST];
    let mut failure = io::ErrorKind::TimedOut.into();
    for _ in 0..DATAGRAMS {
        socket.send(format!("JOIN {session}").as_bytes())?;
        match socket.recv(&mut buffer) {
            Ok(length) => {
                let answer = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default());
                return Ok((socket, answer.into_owned()));
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A server on one port of both protocols that answers every message with `answer`; the first datagram gets lost.
    fn serve(answer: &'static str) -> Connection {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tcp.local_addr().unwrap();
        let udp = UdpSocket::bind(address).unwrap();
        thread::spawn(move || {
            for stream in tcp.incoming() {
                let mut stream = stream.unwrap();
                let mut line = String::new();
                BufReader::new(&stream).read_line(&mut line).unwrap();
                assert_eq!(line, "JOIN psess-1\n");
                stream.write_all(format!("{answer}\n").as_bytes()).unwrap();
            }
        });
        thread::spawn(move || {
            let mut buffer = [0; 64];
            udp.recv_from(&mut buffer).unwrap();
            while let Ok((_, from)) = udp.recv_from(&mut buffer) {
                udp.send_to(answer.as_bytes(), from).unwrap();
            }
        });
        Connection {
            address: Some("127.0.0.1".to_owned()),
            port: Some(address.port()),
            player_session_id: Some("psess-1".to_owned()),
            dns_name: None,
        }
    }

    #[test]
    fn a_player_is_welcomed_by_both_protocols() {
        let visit = visit(&serve("WELCOME ann"), &[Protocol::Tcp, Protocol::Udp]).unwrap();
        let welcome = |protocol| (protocol, "ann".to_owned());
        assert_eq!(
            visit.welcomes,
            [welcome(Protocol::Tcp), welcome(Protocol::Udp)]
        );
    }

    #[test]
    fn a_refused_player_learns_why() {
        let error = visit(&serve("REFUSED no such seat"), &[Protocol::Tcp]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the game server answered `REFUSED no such seat` over TCP"
        );
    }

    #[test]
    fn a_match_without_a_port_or_session_is_incomplete() {
        let mut connection = Connection {
            address: Some("127.0.0.1".to_owned()),
            ..Connection::default()
        };
        for missing in ["port", "player session"] {
            let error = visit(&connection, &[]).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("cannot join: the ticket has no {missing}")
            );
            connection.port = Some(1);
        }
    }
}
