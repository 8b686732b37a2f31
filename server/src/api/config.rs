//! The operator's settings for requests: the server's host names, the proxies in front of it, limits on creating rooms, and
//! who may read.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::host::Hosts;
use super::proxy_login::ProxyLogin;
use crate::scope::Readers;

/// The policy for requests. Start from the default, and change the fields that matter:
///
/// ```
/// let mut http = holdline_server::HttpConfig::default();
/// http.hosts = holdline_server::Hosts::loopback().with_name("chat.example").unwrap();
/// http.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HttpConfig {
    /// The host names that this server answers to; requests for others are refused with `unknown_host`.
    pub hosts: Hosts,
    /// The proxies whose `Forwarded` and `X-Forwarded-*` headers are trusted, by the address from which they
    /// connect. The router gets a connection's address from axum's `ConnectInfo<SocketAddr>`, which `serve`
    /// and `serve_router` set.
    pub trusted_proxies: Vec<IpNet>,
    /// The number of rooms that one person may create in a burst, and per hour.
    pub rooms_per_person: u32,
    /// The number of rooms that may be created from one IPv4 address or IPv6 /64 network in a burst, and per
    /// hour. A whole school may be one address. Direct connections from this machine have no such limit.
    pub rooms_per_visitor: u32,
    /// The decisions about which rooms a caller may read, for an app with people of its own; without, everybody reads every
    /// room. What is hidden looks like what does not exist. Says nothing about who may write.
    pub readers: Option<Arc<dyn Readers>>,
    /// The headers in which a trusted proxy names the user, for the door `proxy`.
    pub proxy_login: Option<ProxyLogin>,
}

impl Default for HttpConfig {
    /// Accepts any host and trusts no proxy; 10 rooms per person, 100 per visitor.
    fn default() -> Self {
        Self {
            hosts: Hosts::any(),
            trusted_proxies: Vec::new(),
            rooms_per_person: 10,
            rooms_per_visitor: 100,
            readers: None,
            proxy_login: None,
        }
    }
}

impl HttpConfig {
    /// Whether this address is a trusted proxy.
    pub(super) fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted_proxies.iter().any(|network| network.contains(&peer))
    }
}
