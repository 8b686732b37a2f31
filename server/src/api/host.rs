//! Host names: parses them as in `Host` and `Origin`, and knows those that this server answers to. A page
//! whose domain was pointed at this server (DNS rebinding) is recognised by its host name. Ports do not
//! count.

use std::net::{IpAddr, Ipv6Addr};

use thiserror::Error;

/// The length of the longest name in DNS, in bytes.
const NAME_BYTES: usize = 253;

/// The name of this machine for itself (RFC 6761).
const LOCAL: &[u8] = b"localhost";

/// A host with an optional port, as in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Host<'a> {
    /// A name, or an address without brackets.
    pub(crate) name: &'a str,
    pub(crate) port: Option<u16>,
}

impl<'a> Host<'a> {
    /// Parses `NAME` or `NAME:PORT`, where `NAME` may be an address; `None` for any other text.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (name, port) = if let Some(rest) = text.strip_prefix('[') {
            let (address, rest) = rest.split_once(']')?;
            address.parse::<Ipv6Addr>().ok()?;
            (address, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        } else {
            let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
            let is_name_byte = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
            if name.is_empty() || name.len() > NAME_BYTES || !name.bytes().all(is_name_byte) {
                return None;
            }
            (name, port)
        };
        let port = match port {
            // RFC 3986 allows a colon without a port.
            None | Some("") => None,
            Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => Some(port.parse().ok()?),
            Some(_) => return None,
        };
        Some(Self { name, port })
    }

    fn address(&self) -> Option<IpAddr> {
        self.name.parse::<IpAddr>().ok().map(|address| address.to_canonical())
    }

    /// Whether the host is a loopback address, `localhost`, or a name that ends in `.localhost` (RFC 6761).
    pub(crate) fn is_local(&self) -> bool {
        if let Some(address) = self.address() {
            return address.is_loopback();
        }
        let name = self.bare_name().as_bytes();
        let (rest, end) = name.split_at(name.len().saturating_sub(LOCAL.len()));
        end.eq_ignore_ascii_case(LOCAL) && (rest.is_empty() || rest.ends_with(b"."))
    }

    /// The name without the trailing dot of an absolute name.
    fn bare_name(&self) -> &'a str {
        self.name.strip_suffix('.').unwrap_or(self.name)
    }

    /// Whether an `Origin` header names this host and port. The scheme in it decides the default port.
    pub(crate) fn is_origin(&self, origin: &str) -> bool {
        let Some((scheme, host)) = origin.split_once("://") else { return false };
        let usual = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
        Host::parse(host).is_some_and(|host| {
            let is_same_name = host.bare_name().eq_ignore_ascii_case(self.bare_name());
            is_same_name && host.port.unwrap_or(usual) == self.port.unwrap_or(usual)
        })
    }
}

/// The hosts that a server answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    is_any: bool,
    has_any_address: bool,
    addresses: Vec<IpAddr>,
    /// Names of this machine.
    names: Vec<String>,
    /// Names given by the operator.
    given: Vec<String>,
}

/// The error for a text that is not the name of a host.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is not a host name; give a name or an address without a port, as in chat.example, or * for any"
)]
pub struct InvalidHost(String);

impl Default for Hosts {
    fn default() -> Self {
        Self::any()
    }
}

impl Hosts {
    /// Accepts every host.
    pub fn any() -> Self {
        Self { is_any: true, ..Self::loopback() }
    }

    /// Accepts this machine's local names: `localhost`, names that end in `.localhost`, and loopback
    /// addresses.
    pub fn loopback() -> Self {
        Self {
            is_any: false,
            has_any_address: false,
            addresses: Vec::new(),
            names: Vec::new(),
            given: Vec::new(),
        }
    }

    /// Adds a name or an address of the operator's choice; `*` accepts every host.
    pub fn with_name(mut self, name: &str) -> Result<Self, InvalidHost> {
        if name == "*" {
            self.is_any = true;
            return Ok(self);
        }
        let bracketed = if name.parse::<Ipv6Addr>().is_ok() { format!("[{name}]") } else { name.to_owned() };
        let host = Host::parse(&bracketed).filter(|host| host.port.is_none() && !bracketed.ends_with(':'));
        let host = host.ok_or_else(|| InvalidHost(name.to_owned()))?;
        match host.address() {
            Some(address) => self.addresses.push(address),
            None => self.given.push(host.bare_name().to_ascii_lowercase()),
        }
        Ok(self)
    }

    /// Adds an address on which the server listens. A wildcard address stands for every address.
    #[must_use]
    pub fn with_listener(mut self, address: IpAddr) -> Self {
        self.has_any_address |= address.is_unspecified();
        self.addresses.push(address.to_canonical());
        self
    }

    /// Adds a name of this machine, and the same name under `.local`, by which others on the network find it.
    #[must_use]
    pub fn with_machine(mut self, name: &str) -> Self {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let short = name.split('.').next().unwrap_or_default().to_owned();
        if Host::parse(&name).is_some() && !short.is_empty() {
            self.names.extend([format!("{short}.local"), short, name]);
        }
        self
    }

    /// Whether the server listens on a wildcard address.
    pub fn has_any_address(&self) -> bool {
        self.has_any_address
    }

    /// Whether the server answers to this host.
    pub(crate) fn accept(&self, host: &Host<'_>) -> bool {
        if self.is_any {
            return true;
        }
        if host.is_local() {
            return true;
        }
        if let Some(address) = host.address() {
            return self.has_any_address || self.addresses.contains(&address);
        }
        let name = host.bare_name();
        self.names.iter().chain(&self.given).any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether the operator named the host of this `Origin`, whatever its port.
    pub(crate) fn has_origin(&self, origin: &str) -> bool {
        let host = origin.split_once("://").and_then(|(_, host)| Host::parse(host));
        host.is_some_and(|host| self.given.iter().any(|given| given.eq_ignore_ascii_case(host.bare_name())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(hosts: &Hosts, text: &str) -> bool {
        hosts.accept(&Host::parse(text).unwrap_or_else(|| panic!("{text} is a host")))
    }

    #[test]
    fn host_is_a_name_or_an_address_and_perhaps_a_port() {
        for (text, name, port) in [
            ("chat.example", "chat.example", None),
            ("Chat_1.example.:8080", "Chat_1.example.", Some(8080)),
            ("10.0.0.1:80", "10.0.0.1", Some(80)),
            ("[::1]:8080", "::1", Some(8080)),
            ("[fe80::1]", "fe80::1", None),
            ("a:", "a", None),
        ] {
            assert_eq!(Host::parse(text), Some(Host { name, port }), "{text}");
        }
        let long = "a".repeat(254);
        for bad in [
            "", ":80", "a b", "a/b", "u@a", "::1", "[::1", "[x]", "[::1]80", "a:99999", "a:+1", "a:b:c",
            &long,
        ] {
            assert_eq!(Host::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn loopback_is_what_this_machine_calls_itself() {
        let hosts = Hosts::loopback();
        for good in
            ["localhost", "LOCALHOST:80", "tea.localhost", "127.0.0.1", "127.9.9.9", "[::1]:1", "localhost."]
        {
            assert!(accepts(&hosts, good), "{good}");
        }
        for bad in ["evil.example", "10.0.0.1", "notlocalhost", "localhost.evil.example", "0.0.0.0", "[::2]"]
        {
            assert!(!accepts(&hosts, bad), "{bad}");
        }
    }

    #[test]
    fn listener_adds_its_address_and_the_wildcard_every_address_but_no_name() {
        let lan = Hosts::loopback().with_listener("10.0.0.1".parse().unwrap());
        assert!(accepts(&lan, "10.0.0.1:80") && !accepts(&lan, "10.0.0.2") && !lan.has_any_address());
        for wildcard in ["0.0.0.0", "::"] {
            let all = Hosts::loopback().with_listener(wildcard.parse().unwrap());
            assert!(accepts(&all, "10.0.0.2") && accepts(&all, "[fe80::1]") && all.has_any_address());
            assert!(!accepts(&all, "evil.example"), "a name can be made to lead anywhere");
        }
    }

    #[test]
    fn names_are_added_by_operator_and_machine() {
        let hosts = Hosts::loopback().with_name("Chat.Example.").unwrap().with_machine("box.lan");
        for good in ["chat.example:8080", "CHAT.example", "box", "box.lan", "box.local"] {
            assert!(accepts(&hosts, good), "{good}");
        }
        assert!(!accepts(&hosts, "lan") && !accepts(&hosts, "example"));
        assert!(hosts.has_origin("https://chat.example:444") && !hosts.has_origin("http://box.lan"));
        assert!(accepts(&Hosts::loopback().with_name("*").unwrap(), "anything"));
        assert!(accepts(&Hosts::loopback().with_name("fe80::1").unwrap(), "[fe80::1]"));
        for bad in ["", "a:80", "http://a", "a b", "*.a"] {
            assert!(Hosts::loopback().with_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn origin_is_compared_with_its_port() {
        let host = |text| Host::parse(text).unwrap();
        for (text, origin, is_same) in [
            ("chat.example", "https://chat.example", true),
            ("chat.example:443", "https://CHAT.example", true),
            ("chat.example:80", "http://chat.example", true),
            ("localhost:8080", "http://localhost:8080", true),
            ("[::1]:8080", "http://[::1]:8080", true),
            ("localhost:8080", "http://localhost:8081", false),
            ("localhost:8080", "http://localhost", false),
            ("chat.example", "http://evil.example", false),
            ("chat.example", "null", false),
            ("chat.example", "", false),
        ] {
            assert_eq!(host(text).is_origin(origin), is_same, "{text} {origin}");
        }
    }
}
