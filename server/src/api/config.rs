//! The operator's settings for requests: the server's host names, the proxies in front of it, limits on callers, and who may
//! read.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::frame_ancestors::FrameAncestors;
use super::host::Hosts;
use super::limits::Limits;
use super::proxy_login::ProxyLogin;
#[cfg(feature = "outgoing-hooks")]
use crate::hooks::HookHost;
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
    /// The address of this server for people, without the slash at its end, for links. Never taken from a request.
    pub address: Option<String>,
    /// The proxies whose `Forwarded` and `X-Forwarded-*` headers are trusted, by the address from which they
    /// connect. The router gets a connection's address from axum's `ConnectInfo<SocketAddr>`, which `serve`
    /// and `serve_router` set.
    pub trusted_proxies: Vec<IpNet>,
    /// The sites whose pages may show ours in a frame.
    pub frame_ancestors: FrameAncestors,
    /// The limits on what one person and one visitor may do.
    pub limits: Limits,
    /// The decisions about which rooms a caller may read, for an app with people of its own; without, everybody reads every
    /// room. What is hidden looks like what does not exist. Says nothing about who may write.
    pub readers: Option<Arc<dyn Readers>>,
    /// The hosts to which outgoing webhooks may connect although they have no public address.
    #[cfg(feature = "outgoing-hooks")]
    pub hook_hosts: Vec<HookHost>,
    /// The headers in which a trusted proxy names the user, for the door `proxy`.
    pub proxy_login: Option<ProxyLogin>,
}

impl Default for HttpConfig {
    /// Accepts any host, trusts no proxy, and lets nobody frame a page.
    fn default() -> Self {
        Self {
            hosts: Hosts::any(),
            address: None,
            trusted_proxies: Vec::new(),
            frame_ancestors: FrameAncestors::default(),
            limits: Limits::default(),
            readers: None,
            #[cfg(feature = "outgoing-hooks")]
            hook_hosts: Vec::new(),
            proxy_login: None,
        }
    }
}

impl HttpConfig {
    /// Whether this address is a trusted proxy.
    pub(crate) fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted_proxies.iter().any(|network| network.contains(&peer))
    }
}
