//! The operator's settings for requests: the names of this server, the proxies in front of it, how many rooms somebody may
//! make. Reads no request.

use std::net::IpAddr;

use ipnet::IpNet;

use super::host::Hosts;

/// How requests are judged. Change the fields that matter:
///
/// ```
/// let mut http = holdline_server::HttpConfig::default();
/// http.hosts = holdline_server::Hosts::loopback().with_name("chat.example").unwrap();
/// http.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HttpConfig {
    /// The host names that this server answers to; others are refused with `unknown_host`.
    pub hosts: Hosts,
    /// Proxies whose `Forwarded` and `X-Forwarded-*` headers are believed, by the address from which they connect. The
    /// router learns a connection's address from axum's `ConnectInfo<SocketAddr>`, which `serve` and `serve_router` set.
    pub trusted_proxies: Vec<IpNet>,
    /// Rooms that one person may make at once, and in each hour.
    pub rooms_per_person: u32,
    /// Rooms that may be made from one IPv4 address, or one IPv6 network of 64 bits, at once, and in each hour. A school
    /// is one address. Connections of this machine that no proxy forwarded have no such limit.
    pub rooms_per_visitor: u32,
}

impl Default for HttpConfig {
    /// Any host, no trusted proxy, 10 rooms, 100 rooms.
    fn default() -> Self {
        Self {
            hosts: Hosts::any(),
            trusted_proxies: Vec::new(),
            rooms_per_person: 10,
            rooms_per_visitor: 100,
        }
    }
}

impl HttpConfig {
    /// Whether what this address forwards is believed.
    pub(super) fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted_proxies.iter().any(|network| network.contains(&peer))
    }
}
