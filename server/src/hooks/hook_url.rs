//! The address to which a hook delivers, checked in form. Where its host leads is the `address_guard`'s concern.

use std::net::IpAddr;
use std::str::FromStr;

use http::HeaderValue;
use http::uri::PathAndQuery;
use thiserror::Error;
use url::{Host, Position, Url};

/// The longest address, in bytes: what other programs take.
const URL_BYTES: usize = 2_000;

/// An `http` or `https` address. Parsed as browsers do it, so that each spelling of an IP address is one.
#[derive(Debug, Clone)]
pub(crate) struct HookUrl {
    url: Url,
    /// The host, and the port if it is not the scheme's.
    pub(super) authority: HeaderValue,
    pub(super) path_and_query: PathAndQuery,
}

/// The reason why a hook cannot deliver to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum InvalidHookUrl {
    /// The text is not an address.
    #[error("a hook's address is a URL as in https://example.com/hook, of at most {URL_BYTES} bytes")]
    Form,
    /// The scheme is another one.
    #[error("a hook's address begins with https:// or http://")]
    Scheme,
    /// The address has a user name or a password, which are easily taken for the host.
    #[error("a hook's address has no user name and no password before its host")]
    Credentials,
    /// The address has a part that is never sent.
    #[error("a hook's address has no part behind a #")]
    Fragment,
}

impl FromStr for HookUrl {
    type Err = InvalidHookUrl;

    fn from_str(text: &str) -> Result<Self, InvalidHookUrl> {
        let url = Some(text).filter(|text| text.len() <= URL_BYTES).and_then(|text| Url::parse(text).ok());
        let url = url.ok_or(InvalidHookUrl::Form)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidHookUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidHookUrl::Credentials);
        }
        if url.fragment().is_some() {
            return Err(InvalidHookUrl::Fragment);
        }
        let authority = HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort]);
        let path_and_query = PathAndQuery::from_str(&url[Position::BeforePath..Position::AfterQuery]);
        Ok(Self {
            authority: authority.map_err(|_| InvalidHookUrl::Form)?,
            path_and_query: path_and_query.map_err(|_| InvalidHookUrl::Form)?,
            url,
        })
    }
}

impl HookUrl {
    /// The whole address, in its usual spelling.
    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The host; one without is no `http` address.
    pub(super) fn host(&self) -> Option<Host<&str>> {
        self.url.host()
    }

    /// The host if it is an address, and not a name.
    pub(super) fn address(&self) -> Option<IpAddr> {
        match self.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    pub(super) fn is_tls(&self) -> bool {
        self.url.scheme() == "https"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_split_as_a_request_needs_it() {
        let url: HookUrl = "HTTPS://Example.COM:8443/a b?c=d".parse().unwrap();
        assert_eq!((url.port(), url.is_tls(), url.host()), (8443, true, Some(Host::Domain("example.com"))));
        assert_eq!(url.authority, "example.com:8443");
        assert_eq!(url.path_and_query, "/a%20b?c=d");
        let url: HookUrl = "http://[2606:4700::1]:80".parse().unwrap();
        assert_eq!((url.port(), url.is_tls(), url.as_str()), (80, false, "http://[2606:4700::1]/"));
        assert_eq!(
            (url.authority, url.path_and_query.as_str()),
            (HeaderValue::from_static("[2606:4700::1]"), "/")
        );
    }

    #[test]
    fn other_addresses_are_refused() {
        use InvalidHookUrl::*;
        for (text, why) in [
            ("", Form),
            ("example.com/hook", Form),
            ("//example.com/hook", Form),
            ("http://", Form),
            ("http://a b/", Form),
            ("http://256.256.256.256/", Form),
            ("http://1.2.3.4.5/", Form),
            ("http://[::1%25eth0]/", Form),
            ("http://[::1/", Form),
            ("http://example.com:99999/", Form),
            ("ftp://example.com/", Scheme),
            ("file:///etc/passwd", Scheme),
            ("gopher://127.0.0.1:6379/_FLUSHALL", Scheme),
            ("javascript:alert(1)", Scheme),
            ("ws://example.com/", Scheme),
            ("http://example.com@127.0.0.1/", Credentials),
            ("http://example.com:80@127.0.0.1/", Credentials),
            ("http://:a@127.0.0.1/", Credentials),
            ("http://example.com/#@127.0.0.1/", Fragment),
        ] {
            assert_eq!(HookUrl::from_str(text).err(), Some(why), "{text}");
        }
        let long = format!("http://example.com/{}", "a".repeat(URL_BYTES));
        assert_eq!(HookUrl::from_str(&long).err(), Some(Form));
    }
}
