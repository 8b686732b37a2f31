//! The target of a request, for error messages: the server, and the proxy if there is one. Never with a password.

use std::fmt;

use super::address::Address;
use super::proxy::Proxy;

/// A server, and the proxy in front of it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(super) server: Address,
    pub(super) proxy: Option<Proxy>,
}

impl Target {
    /// Names the possible senders of an answer that is not Holdline's.
    pub(super) fn responder(&self) -> String {
        match &self.proxy {
            Some(proxy) if !self.server.is_https() => format!("the proxy {proxy} or {}", self.server),
            _ => self.server.to_string(),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.proxy {
            Some(proxy) => write!(f, "{} through the proxy {proxy}", self.server),
            None => write!(f, "{}", self.server),
        }
    }
}
