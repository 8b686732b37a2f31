//! The sockets that are served: those that a service manager hands over, or addresses bound here.

use std::net::{SocketAddr, ToSocketAddrs};

use anyhow::Context;
use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpSocket};

/// Reads an address: `IP:PORT`, `NAME:PORT`, or a port alone, which is this machine's own.
pub(super) fn parse(text: &str) -> Result<SocketAddr, String> {
    let bare = text.strip_prefix(':').unwrap_or(text);
    let full = if bare.parse::<u16>().is_ok() { format!("127.0.0.1:{bare}") } else { text.to_owned() };
    let found = full.to_socket_addrs().ok().and_then(|mut found| found.next());
    found.ok_or_else(|| {
        "an address is IP:PORT, NAME:PORT or a port, as in 127.0.0.1:8080, 0.0.0.0:8080, [::1]:8080 or 8080".to_owned()
    })
}

/// Sockets by systemd's protocol (`LISTEN_FDS`), which stay open while the server restarts, so that nobody is refused
/// meanwhile; without them, the addresses.
pub(super) fn open(addresses: &[SocketAddr]) -> anyhow::Result<Vec<TcpListener>> {
    let mut handed_over = ListenFd::from_env();
    let mut listeners = Vec::new();
    for index in 0..handed_over.len() {
        let socket = handed_over
            .take_tcp_listener(index)
            .context("the socket that was handed over is not a TCP one")?;
        if let Some(socket) = socket {
            socket.set_nonblocking(true)?;
            listeners.push(TcpListener::from_std(socket)?);
        }
    }
    if listeners.is_empty() {
        for address in addresses {
            listeners.push(bind(*address).with_context(|| {
                format!("cannot listen on {address}; is another server running there? --listen takes another address")
            })?);
        }
    }
    Ok(listeners)
}

/// Binds with a queue that takes a crowd: when thousands come back after a restart, the kernel keeps them until they are
/// accepted instead of turning to its measures against floods.
fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    /// As much as Linux allows unless told otherwise (`net.core.somaxconn`).
    const BACKLOG: u32 = 4096;
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_people_write() {
        for (text, address) in [
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("0.0.0.0:8080", "0.0.0.0:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("8080", "127.0.0.1:8080"),
            (":8080", "127.0.0.1:8080"),
        ] {
            assert_eq!(parse(text), Ok(address.parse().unwrap()), "{text}");
        }
        assert!(parse("localhost:8080").unwrap().ip().is_loopback());
        for bad in ["", "here", "1.2.3.4", "99999", "a b:80"] {
            assert!(parse(bad).unwrap_err().contains("as in"), "{bad}");
        }
    }
}
