//! Binds one address, and explains errors.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

/// Binds an address with a long accept queue: when thousands of clients reconnect after a restart, the kernel queues
/// them instead of starting its defence against floods.
pub(super) fn bind(address: SocketAddr, all: &[SocketAddr]) -> std::io::Result<TcpListener> {
    /// The default limit of Linux (`net.core.somaxconn`).
    const BACKLOG: i32 = 4096;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // `[::]` alone also accepts IPv4 on most systems; beside an IPv4 address it must not.
    let is_beside_ipv4 = all.iter().any(|other| other.is_ipv4() && other.port() == address.port());
    if address.is_ipv6() && is_beside_ipv4 {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket.into())
}

/// Whether the machine lacks this address or its family.
pub(super) fn is_missing(error: &Error) -> bool {
    /// `EAFNOSUPPORT` on Linux, which the standard library does not name.
    const NO_SUCH_FAMILY: i32 = 97;
    error.kind() == ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(NO_SUCH_FAMILY)
}

/// Explains why an address cannot be bound, and the remedy.
pub(super) fn bind_error(address: SocketAddr, error: &Error) -> String {
    let why = match error.kind() {
        ErrorKind::AddrInUse => "another program listens there; --listen takes another address".to_owned(),
        ErrorKind::PermissionDenied => {
            "this user may not; ports below 1024 are for root or need CAP_NET_BIND_SERVICE".to_owned()
        }
        _ if is_missing(error) => {
            "this machine does not have that address; 0.0.0.0 stands for all it has".to_owned()
        }
        _ => error.to_string(),
    };
    format!("cannot listen on {address}: {why}")
}
