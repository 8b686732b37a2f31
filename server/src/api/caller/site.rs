//! Holdline's address from the browser's point of view, and the names and attributes of cookies that follow
//! from it. A browser sends each server of a host the cookies of all ports and of all parent paths, so names
//! have to tell servers apart.

use std::borrow::Cow;

/// The prefix of a cookie's name that binds the cookie to its host.
pub(crate) const HOST_PREFIX: &str = "__Host-";

/// The port, the path, and how far browsers trust the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    /// The port in the browser's address bar, unless it is the scheme's default.
    pub(crate) port: Option<u16>,
    /// Whether the browser's connection is encrypted.
    pub(crate) is_tls: bool,
    /// Whether browsers take the address for trustworthy: it is encrypted, or leads to the browser's own machine.
    pub(crate) is_trustworthy: bool,
    /// The path of Holdline's root in the browser's address; begins and ends with `/`.
    pub(crate) base: Cow<'static, str>,
}

impl Default for Site {
    fn default() -> Self {
        Self { port: None, is_tls: false, is_trustworthy: false, base: Cow::Borrowed("/") }
    }
}

impl Site {
    /// The part of a cookie's name that identifies one of the host's servers: the port and the path.
    pub(crate) fn cookie_suffix(&self) -> String {
        let mut suffix = self.port_suffix();
        let path = self.base.trim_matches('/');
        if !path.is_empty() {
            suffix.push('_');
            // Slashes are not allowed in a cookie's name.
            suffix.push_str(&path.replace('/', "."));
        }
        suffix
    }

    /// The suffix of cursor cookies in an earlier version: the port alone.
    pub(crate) fn port_suffix(&self) -> String {
        let mut number = itoa::Buffer::new();
        self.port.map(|port| ["_", number.format(port)].concat()).unwrap_or_default()
    }

    /// The prefix of the session's cookie (RFC 6265bis, 4.1.3), with which a browser takes it from this very host
    /// alone, over an encrypted connection and for every path.
    pub(crate) fn cookie_prefix(&self) -> &'static str {
        if self.is_tls && self.base == "/" { HOST_PREFIX } else { "" }
    }

    /// `; Secure` for an encrypted connection, so that the cookie is never sent over an unencrypted one.
    pub(crate) fn secure(&self) -> &'static str {
        if self.is_tls { "; Secure" } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_suffix_tells_servers_of_one_host_apart() {
        for (port, base, suffix) in [
            (None, "/", ""),
            (Some(8502), "/", "_8502"),
            (Some(8080), "/chat/", "_8080_chat"),
            (None, "/talk/chat/", "_talk.chat"),
        ] {
            let site = Site { port, base: base.into(), ..Site::default() };
            assert_eq!(site.cookie_suffix(), suffix);
        }
    }
}
