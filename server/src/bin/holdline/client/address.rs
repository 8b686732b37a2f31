//! Where a server is, as the user wrote it, and the addresses of its routes. Any path prefix is kept.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;
use thiserror::Error;

/// A server's address: `http` or `https`, a host, perhaps a port and a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(Url);

/// A text is not a server's address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("an address looks like http://127.0.0.1:8080 or https://example.org/chat/")]
pub(crate) struct InvalidAddress;

impl Address {
    /// The address of an API route; each segment is encoded.
    pub(crate) fn route(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        // Only addresses without a host have no path to extend.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]).extend(segments);
        }
        url
    }

    /// Whether talking to it is encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;
    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let mut url = Url::parse(&full).map_err(|_| InvalidAddress)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(InvalidAddress);
        }
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_prefix_and_encodes_names() {
        for (given, route) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v1/rooms/caf%C3%A9"),
            ("localhost:8080", "http://localhost:8080/api/v1/rooms/caf%C3%A9"),
            ("https://example.org/chat", "https://example.org/chat/api/v1/rooms/caf%C3%A9"),
            ("https://example.org/chat/?x#y", "https://example.org/chat/api/v1/rooms/caf%C3%A9"),
        ] {
            let address: Address = given.parse().unwrap();
            assert_eq!(address.route(&["rooms", "café"]).as_str(), route, "{given}");
        }
    }

    #[test]
    fn refuses_what_is_no_address() {
        for bad in ["", "ftp://example.org", "http://", "a b"] {
            assert_eq!(bad.parse::<Address>(), Err(InvalidAddress), "{bad:?}");
        }
    }
}
