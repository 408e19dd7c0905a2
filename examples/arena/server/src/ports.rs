//! Many processes share an instance, and all get the same parameters: each takes the first port that is free.

use std::net::Ipv4Addr;

use tokio::net::{TcpListener, UdpSocket};

/// One port for both protocols.
#[derive(Debug)]
pub(crate) struct Sockets {
    pub(crate) port: u16,
    pub(crate) tcp: TcpListener,
    pub(crate) udp: UdpSocket,
}

/// Binds the first port of the range that is free for TCP and UDP.
pub(crate) async fn bind((first, last): (u16, u16)) -> Option<Sockets> {
    for port in first..=last {
        let address = (Ipv4Addr::UNSPECIFIED, port);
        if let Ok(tcp) = TcpListener::bind(address).await
            && let Ok(udp) = UdpSocket::bind(address).await
        {
            return Some(Sockets { port, tcp, udp });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_passed_over() {
        let taken = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(bind((port, port)).await.is_none());
        if let Some(sockets) = bind((port, port.saturating_add(50))).await {
            assert!(sockets.port > port);
        }
    }
}
