//! Addresses of a server, derived from others: where its own machine reaches it, and where a link's code is redeemed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The address by which a listener is reachable from its own machine.
pub(crate) fn reachable(listener: SocketAddr) -> SocketAddr {
    let host = match listener.ip() {
        IpAddr::V4(host) if host.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(host) if host.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        host => host,
    };
    SocketAddr::new(host, listener.port())
}

/// The address of the page that redeems a code, on the server at `base`.
pub(crate) fn join_address(base: &str, code: &str) -> String {
    format!("{}/join/{code}", base.trim_end_matches('/'))
}
