//! Parses the headers in which proxies describe the request that they forward: `X-Forwarded-For`, `-Host`,
//! `-Proto`, `-Prefix`, and `Forwarded` (RFC 7239). `caller` decides whether a proxy is trusted.

use std::net::{IpAddr, SocketAddr};

/// The values of these headers, in the order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Forwarded<'a> {
    /// `X-Forwarded-For`.
    addresses: Vec<&'a str>,
    /// `X-Forwarded-Host`.
    hosts: Vec<&'a str>,
    /// `X-Forwarded-Proto`.
    schemes: Vec<&'a str>,
    /// `X-Forwarded-Prefix`.
    prefixes: Vec<&'a str>,
    /// `Forwarded`.
    standard: Vec<&'a str>,
}

/// The client as proxies name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamedClient {
    /// The first address that is no trusted proxy's.
    Address(IpAddr),
    /// The header has no address, or a name that hides one.
    Unnamed,
    /// `X-Forwarded-For` and `Forwarded` name different clients, so that one of them is what the client wrote.
    Contradictory,
}

impl<'a> Forwarded<'a> {
    /// Keeps a header if it is one of these.
    pub(crate) fn take(&mut self, name: &str, value: &'a [u8]) {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let list = if is("forwarded") {
            &mut self.standard
        } else if is("x-forwarded-for") {
            &mut self.addresses
        } else if is("x-forwarded-host") {
            &mut self.hosts
        } else if is("x-forwarded-proto") {
            &mut self.schemes
        } else if is("x-forwarded-prefix") {
            &mut self.prefixes
        } else {
            return;
        };
        // A value that is no text cannot be believed, but counts as a header that was ignored.
        list.push(std::str::from_utf8(value).unwrap_or_default());
    }

    /// Whether none of these headers was sent.
    pub(crate) fn is_empty(&self) -> bool {
        [&self.addresses, &self.hosts, &self.schemes, &self.prefixes, &self.standard]
            .iter()
            .all(|values| values.is_empty())
    }

    /// Whether the browser's connection is encrypted: the first scheme of the list, which the outermost proxy wrote.
    pub(crate) fn is_tls(&self) -> bool {
        let scheme = items(&self.schemes).next().or_else(|| self.parameters("proto").next());
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
    }

    /// The host that the browser requested, according to the outermost proxy.
    pub(crate) fn host(&self) -> Option<&'a str> {
        items(&self.hosts).next().or_else(|| self.parameters("host").next())
    }

    /// The prefixes that proxies stripped, joined, the outermost first: the beginning of the path in the
    /// browser's address. Has no slash at the end; empty without any prefix; `None` if one of them is unsafe
    /// in an address.
    pub(crate) fn prefix(&self) -> Option<String> {
        let mut whole = String::new();
        for prefix in items(&self.prefixes) {
            let prefix = prefix.trim_matches('/');
            if !is_plain_path(prefix) {
                return None;
            }
            if !prefix.is_empty() {
                whole.push('/');
                whole.push_str(prefix);
            }
        }
        Some(whole)
    }

    /// The client: searched from the right, where the nearest proxy wrote, the first address that is no trusted proxy, in
    /// `X-Forwarded-For` and in `Forwarded`. A proxy sets one of them and may pass the other on as it came.
    pub(crate) fn client(&self, trusts: impl Fn(IpAddr) -> bool) -> NamedClient {
        let nearest = |addresses: &[&str]| {
            let mut parsed = addresses.iter().rev().map(|text| address(text));
            parsed.find(|one| one.is_none_or(|one| !trusts(one))).flatten()
        };
        let listed: Vec<&str> = items(&self.addresses).collect();
        let standard: Vec<&str> = self.parameters("for").collect();
        let (by_list, by_standard) = (nearest(&listed), nearest(&standard));
        if !listed.is_empty() && !standard.is_empty() && by_list != by_standard {
            return NamedClient::Contradictory;
        }
        by_list.or(by_standard).map_or(NamedClient::Unnamed, NamedClient::Address)
    }

    /// The values of a parameter of `Forwarded`, without quotes.
    fn parameters(&self, name: &'static str) -> impl Iterator<Item = &'a str> {
        let elements = self.standard.iter().flat_map(|value| split_unquoted(value, b','));
        elements.filter_map(move |element| {
            split_unquoted(element, b';').find_map(|pair| {
                let (key, value) = pair.split_once('=')?;
                key.trim().eq_ignore_ascii_case(name).then(|| unquoted(value.trim()))
            })
        })
    }
}

/// Splits a text at separators outside of quoted strings (RFC 9110, 5.6.4). An unterminated string reaches to
/// the end of the text.
fn split_unquoted(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let (mut is_quoted, mut is_escaped) = (false, false);
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if is_quoted => is_escaped = true,
                b'"' => is_quoted = !is_quoted,
                _ if byte == separator && !is_quoted => {
                    rest = Some(&text[at + 1..]);
                    return Some(&text[..at]);
                }
                _ => {}
            }
        }
        Some(text)
    })
}

/// Removes the quotes around a value. Escapes stay: no address, host or scheme has any.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}

/// The items of all comma-separated lists, trimmed.
fn items<'a>(values: &[&'a str]) -> impl Iterator<Item = &'a str> {
    values.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|item| !item.is_empty())
}

/// Parses an address with optional brackets and port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_matches('"');
    let bare = bare.strip_prefix('[').and_then(|bare| bare.strip_suffix(']')).unwrap_or(bare);
    let address = bare.parse::<IpAddr>().ok();
    address.or_else(|| bare.parse::<SocketAddr>().ok().map(|a| a.ip())).map(|address| address.to_canonical())
}

/// Whether the text is safe as a path, in HTML and in a cookie.
pub(crate) fn is_plain_path(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.' | b'~' | b'%');
    let is_encoded = |rest: &str| rest.len() >= 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    text.bytes().all(is_plain) && !text.contains("//") && text.split('%').skip(1).all(is_encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(headers: &[(&str, &'a str)]) -> Forwarded<'a> {
        let mut forwarded = Forwarded::default();
        for (name, value) in headers {
            forwarded.take(name, value.as_bytes());
        }
        forwarded
    }

    #[test]
    fn tls_is_known_in_every_spelling() {
        for (name, value, is_tls) in [
            ("X-Forwarded-Proto", "https", true),
            ("X-Forwarded-Proto", "HTTPS", true),
            ("x-forwarded-proto", "https, http", true),
            ("x-forwarded-proto", "https,http", true),
            ("Forwarded", "proto=https", true),
            ("Forwarded", "for=10.0.0.1;Proto=\"HTTPS\";host=a, for=10.0.0.2;proto=http", true),
            ("X-Forwarded-Proto", "http, https", false),
            ("X-Forwarded-Proto", "", false),
            ("Forwarded", "for=https", false),
            ("Forwarded", "for=\"a;proto=https\"", false),
            ("Forwarded", "for=\"a\\\";proto=https\"", false),
            ("Forwarded", "for=\"a,b\";proto=https", true),
            ("Forwarded", "for=\"a,proto=https\", proto=http", false),
            ("Forwarded", "for=\"a;proto=https", false),
            ("Forwarded", "for=\"\\\\\";proto=https", true),
            ("Forwarded", "for=\"\";proto=\"https\" ; host=a", true),
            ("X-Forwarded-Host", "https", false),
        ] {
            assert_eq!(read(&[(name, value)]).is_tls(), is_tls, "{name}: {value}");
        }
    }

    #[test]
    fn prefixes_of_several_proxies_are_put_together() {
        for (value, prefix) in [
            ("/chat", Some("/chat")),
            ("/chat/", Some("/chat")),
            ("chat", Some("/chat")),
            ("/", Some("")),
            ("", Some("")),
            ("/a, /chat", Some("/a/chat")),
            ("/ch%20at", Some("/ch%20at")),
            ("//evil.example", Some("/evil.example")),
            ("/a\"><script>", None),
            ("/a;b", None),
            ("/a b", None),
            ("/a//b", None),
            ("/a%2", None),
            ("/caf\u{e9}", None),
        ] {
            let found = read(&[("X-Forwarded-Prefix", value)]).prefix();
            assert_eq!(found.as_deref(), prefix, "{value}");
        }
        assert_eq!(
            read(&[("x-forwarded-prefix", "/a"), ("x-forwarded-prefix", "/b")]).prefix().unwrap(),
            "/a/b"
        );
    }

    #[test]
    fn client_is_the_rightmost_address_that_is_not_trusted() {
        let trusts = |address: IpAddr| address.to_string().starts_with("10.");
        for (name, value, client) in [
            ("X-Forwarded-For", "1.2.3.4", Some("1.2.3.4")),
            ("X-Forwarded-For", "6.6.6.6, 1.2.3.4, 10.0.0.1", Some("1.2.3.4")),
            ("X-Forwarded-For", "1.2.3.4:5678", Some("1.2.3.4")),
            ("X-Forwarded-For", "[2001:db8::1]:80", Some("2001:db8::1")),
            ("X-Forwarded-For", "::ffff:1.2.3.4", Some("1.2.3.4")),
            ("X-Forwarded-For", "1.2.3.4, unknown, 10.0.0.1", None),
            ("X-Forwarded-For", "10.0.0.9, 10.0.0.1", None),
            ("Forwarded", "for=6.6.6.6, for=\"[2001:db8::1]:80\";proto=https", Some("2001:db8::1")),
            ("Forwarded", "for=_hidden", None),
            ("Forwarded", "for=\"6.6.6.6, for=1.2.3.4\"", None),
            ("Forwarded", "for=6.6.6.6, by=\"x,y\";for=1.2.3.4", Some("1.2.3.4")),
            ("Forwarded", "proto=https", None),
        ] {
            let client =
                client.map_or(NamedClient::Unnamed, |client| NamedClient::Address(client.parse().unwrap()));
            assert_eq!(read(&[(name, value)]).client(trusts), client, "{name}: {value}");
        }
    }

    #[test]
    fn two_headers_are_believed_only_if_they_name_the_same_client() {
        let trusts = |address: IpAddr| address.to_string().starts_with("10.");
        let client =
            |listed, standard| read(&[("X-Forwarded-For", listed), ("Forwarded", standard)]).client(trusts);
        let same = NamedClient::Address("1.2.3.4".parse().unwrap());
        for (listed, standard, named) in [
            ("1.2.3.4", "for=1.2.3.4", same),
            ("6.6.6.6, 1.2.3.4", "for=1.2.3.4;proto=https", same),
            ("1.2.3.4", "for=\"1.2.3.4:80\", for=10.0.0.1", same),
            ("1.2.3.4", "proto=https", same),
            ("", "for=1.2.3.4", same),
            ("6.6.6.6", "for=1.2.3.4", NamedClient::Contradictory),
            ("unknown", "for=1.2.3.4", NamedClient::Contradictory),
            ("1.2.3.4", "for=_hidden", NamedClient::Contradictory),
            ("10.0.0.9", "for=1.2.3.4", NamedClient::Contradictory),
            ("unknown", "for=unknown", NamedClient::Unnamed),
        ] {
            assert_eq!(client(listed, standard), named, "{listed} {standard}");
        }
    }

    #[test]
    fn hosts_are_those_of_the_outermost_proxy() {
        assert_eq!(read(&[("X-Forwarded-Host", "a:1, b")]).host(), Some("a:1"));
        assert_eq!(read(&[("Forwarded", "for=x;host=\"a:1\", host=b")]).host(), Some("a:1"));
        assert_eq!(read(&[("X-Forwarded-For", "a")]).host(), None);
        assert!(read(&[("Accept", "a")]).is_empty() && !read(&[("Forwarded", "")]).is_empty());
    }
}
