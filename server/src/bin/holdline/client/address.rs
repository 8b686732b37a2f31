//! Server addresses as users write them, and the URLs of routes below them. A path prefix is kept. A user name and a
//! password are sent to the proxy in front of the server and never shown.

use std::ffi::OsStr;
use std::fmt;
use std::str::FromStr;

use clap::builder::{TypedValueParser, ValueParserFactory};
use clap::error::ErrorKind;
use reqwest::Url;
use thiserror::Error;

/// A server's address: `http` or `https`, a host, optionally a port, a path and a login.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The URL without the login.
    url: Url,
    login: Option<Login>,
}

/// A user name and a password for HTTP's basic authentication.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(super) user: String,
    pub(super) password: Option<String>,
}

/// The error for a text that is not a server's address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("an address looks like http://127.0.0.1:8080 or https://example.org/chat/")]
pub(crate) struct InvalidAddress;

impl Address {
    /// The URL of an API route; encodes each segment.
    pub(crate) fn route(&self, segments: &[&str]) -> Url {
        self.below(["api", "v1"].iter().chain(segments))
    }

    /// The URL of a route outside the API.
    pub(crate) fn at(&self, segment: &str) -> Url {
        self.below([segment].iter())
    }

    fn below<'a>(&self, segments: impl Iterator<Item = &'a &'a str>) -> Url {
        let mut url = self.url.clone();
        // Only URLs without a host have no path to extend.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host: a name, or an IP address.
    pub(crate) fn host(&self) -> Option<&str> {
        self.url.host_str()
    }

    /// The login in the address.
    pub(crate) fn login(&self) -> Option<&Login> {
        self.login.as_ref()
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
        let login = (!url.username().is_empty() || url.password().is_some())
            .then(|| Login { user: decoded(url.username()), password: url.password().map(decoded) });
        // Both fail only for URLs without a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Self { url, login })
    }
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Parses addresses for clap, whose own error message would show the value.
#[derive(Clone)]
pub(crate) struct AddressParser;

impl TypedValueParser for AddressParser {
    type Value = Address;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Address, clap::Error> {
        let address = value.to_str().ok_or(InvalidAddress).and_then(str::parse);
        address.map_err(|invalid| {
            let flag = argument.and_then(clap::Arg::get_long).unwrap_or_default();
            let variable = argument.and_then(clap::Arg::get_env).unwrap_or_default().display();
            let text = format!("the value of --{flag} or {variable} is not an address; {invalid}\n");
            clap::Error::raw(ErrorKind::ValueValidation, text).with_cmd(command)
        })
    }
}

impl ValueParserFactory for Address {
    type Parser = AddressParser;
    fn value_parser() -> AddressParser {
        AddressParser
    }
}

/// Removes the login from a text that is, or was meant as, an address: `http://ada:secret@host` becomes `http://host`.
/// The password ends at the last `@`, whatever characters it has.
pub(crate) fn without_login(text: &str) -> Option<String> {
    let at = text.rfind('@')?;
    let option = text.strip_prefix('-').and_then(|option| option.find('=')).map_or(0, |equals| equals + 2);
    let begin = text.find("://").map(|scheme| scheme + 3).filter(|begin| *begin <= at);
    let is_login = begin.is_some() || text.get(option..at)?.contains(':');
    is_login.then(|| format!("{}{}", &text[..begin.unwrap_or(option)], &text[at + 1..]))
}

/// Removes logins from a text that may contain addresses: in each paragraph everything from the first `://` to the last
/// `@`, because a password may contain any character; and in addresses without a scheme, each word up to its `@`.
pub(crate) fn without_passwords(text: &str) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| {
            if paragraph.contains("://") {
                return without_login(paragraph).unwrap_or_else(|| paragraph.to_owned());
            }
            let words = paragraph.split_inclusive(char::is_whitespace);
            words.map(|word| without_login(word).unwrap_or_else(|| word.to_owned())).collect()
        })
        .collect();
    paragraphs.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn route_keeps_the_prefix_and_encodes_names() {
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
    fn invalid_addresses_are_refused() {
        for bad in ["", "ftp://example.org", "http://", "a b"] {
            assert_eq!(bad.parse::<Address>(), Err(InvalidAddress), "{bad:?}");
        }
    }

    #[test]
    fn login_is_kept_and_never_shown() {
        for (given, user, password) in [
            ("http://ada:s%40cret@host:8/p", "ada", Some("s@cret")),
            ("ada:s3cret@host", "ada", Some("s3cret")),
            ("https://ada@host", "ada", None),
        ] {
            let address: Address = given.parse().unwrap();
            let login = address.login().unwrap();
            assert_eq!((login.user.as_str(), login.password.as_deref()), (user, password));
            for shown in [address.to_string(), format!("{address:?}"), address.at("readyz").to_string()] {
                assert!(!shown.contains("cret") && !shown.contains("ada"), "{shown}");
            }
        }
    }

    #[test]
    fn texts_are_shown_without_passwords() {
        for (text, shown) in [
            (
                "unexpected argument 'http://ada:s3cret@host/p' found",
                "unexpected argument 'http://host/p' found",
            ),
            ("--server=https://ada:a/b@c@host", "--server=https://host"),
            ("ada:s3cret@host:80", "host:80"),
            ("mail ada@example.org, at 12:30", "mail ada@example.org, at 12:30"),
            ("\u{1B}[33mhttp://u:p@h\u{1B}[0m", "\u{1B}[33mhttp://h\u{1B}[0m"),
            ("'http://u:a b' <c=\"d@h' found\n\nsee x@y", "'http://h' found\n\nsee x@y"),
        ] {
            assert_eq!(without_passwords(text), shown);
        }
    }

    #[test]
    fn login_ends_at_the_last_at_sign() {
        for (text, shown) in [
            ("http://ada:s3cret@host", Some("http://host")),
            ("http://ada:a='\"< b@c://d@host/p", Some("http://host/p")),
            ("--server=http://ada:x@host", Some("--server=http://host")),
            ("--server=ada:x y@host", Some("--server=host")),
            ("ada:x=y z@host", Some("host")),
            ("http://host", None),
            ("ada@example.org", None),
            ("12:30", None),
        ] {
            assert_eq!(without_login(text).as_deref(), shown, "{text}");
        }
    }
}
