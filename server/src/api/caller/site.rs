//! Where Holdline is, from a browser's point of view, and what follows for the names and attributes of cookies. A browser sends
//! the cookies of all ports and of all paths above to each server of a host, so that names have to tell servers apart.

use std::borrow::Cow;

/// A port and a path, and whether the connection is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    /// The port in the address that the browser shows, unless it is the usual one.
    pub(crate) port: Option<u16>,
    /// Whether the browser's connection is encrypted.
    pub(crate) is_tls: bool,
    /// The path under which everything lies, from the browser's point of view: begins and ends with `/`.
    pub(crate) base: Cow<'static, str>,
}

impl Default for Site {
    fn default() -> Self {
        Self { port: None, is_tls: false, base: Cow::Borrowed("/") }
    }
}

impl Site {
    /// The part of a cookie's name that tells the servers of one host apart: the port and the path.
    pub(crate) fn cookie_suffix(&self) -> String {
        let mut suffix = self.port_suffix();
        let path = self.base.trim_matches('/');
        if !path.is_empty() {
            suffix.push('_');
            // A path has slashes, which a name may not have.
            suffix.push_str(&path.replace('/', "."));
        }
        suffix
    }

    /// The port alone, as the names of cursor cookies had it in an earlier version.
    pub(crate) fn port_suffix(&self) -> String {
        let mut number = itoa::Buffer::new();
        self.port.map(|port| ["_", number.format(port)].concat()).unwrap_or_default()
    }

    /// `; Secure` when the browser's connection is encrypted: the cookie then stays on such.
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
