//! The sockets that are served: those that a service manager hands over, or addresses bound here.

use std::net::SocketAddr;

use anyhow::Context;
use listenfd::ListenFd;
use tokio::net::TcpListener;

/// Sockets by systemd's protocol (`LISTEN_FDS`), which stay open while the server restarts, so that nobody is refused
/// meanwhile; without them, the addresses.
pub(super) async fn open(addresses: &[SocketAddr]) -> anyhow::Result<Vec<TcpListener>> {
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
            let bound = TcpListener::bind(address).await;
            listeners.push(bound.with_context(|| {
                format!("cannot listen on {address}; is another server running there? --listen takes another address")
            })?);
        }
    }
    Ok(listeners)
}
