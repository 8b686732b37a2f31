//! Binds one address, and says in words why that cannot be done.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

/// Binds with a queue that takes a crowd: when thousands come back after a restart, the kernel keeps them until they are
/// accepted instead of turning to its measures against floods.
pub(super) fn bind(address: SocketAddr, all: &[SocketAddr]) -> std::io::Result<TcpListener> {
    /// As much as Linux allows unless told otherwise (`net.core.somaxconn`).
    const BACKLOG: i32 = 4096;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // `[::]` alone takes IPv4 as well, unless the system has it otherwise. Beside an IPv4 address it leaves that alone.
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

/// Whether the machine has no such address, or nothing of its family.
pub(super) fn is_missing(error: &Error) -> bool {
    /// `EAFNOSUPPORT` on Linux, for which the standard library has no word.
    const NO_SUCH_FAMILY: i32 = 97;
    error.kind() == ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(NO_SUCH_FAMILY)
}

/// Why an address cannot be listened on, and what helps.
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
