//! Decides to which addresses a hook may connect: to those of the public internet, and to hosts that the operator named.
//! The person who adds a hook chooses its address, and the server stands where that person's own programs cannot reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{Ipv4Net, Ipv6Net};
use thiserror::Error;
use url::Host;

use super::hook_url::HookUrl;

/// Networks that are not the public internet (IANA's registry of special-purpose addresses, without the entries that are
/// globally reachable), and one address that is used as if it were none of it.
const SPECIAL_V4: [Ipv4Net; 16] = [
    v4([0, 0, 0, 0], 8),        // this network
    v4([10, 0, 0, 0], 8),       // private
    v4([100, 64, 0, 0], 10),    // shared behind a provider's NAT
    v4([127, 0, 0, 0], 8),      // loopback
    v4([168, 63, 129, 16], 32), // Azure's host, for its virtual machines
    v4([169, 254, 0, 0], 16),   // link-local, with the metadata of most clouds
    v4([172, 16, 0, 0], 12),    // private
    v4([192, 0, 0, 0], 24),     // protocol assignments
    v4([192, 0, 2, 0], 24),     // documentation
    v4([192, 88, 99, 0], 24),   // 6to4 relays
    v4([192, 168, 0, 0], 16),   // private
    v4([198, 18, 0, 0], 15),    // benchmarks
    v4([198, 51, 100, 0], 24),  // documentation
    v4([203, 0, 113, 0], 24),   // documentation
    v4([224, 0, 0, 0], 4),      // multicast
    v4([240, 0, 0, 0], 4),      // reserved, broadcast
];

/// The addresses of IPv6 that are assigned to hosts of the internet. The others, among them IPv4-mapped and
/// IPv4-compatible ones, NAT64, discard-only, unique-local, link-local and multicast, are outside.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// The networks inside that lead elsewhere.
const SPECIAL_V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),     // protocol assignments: Teredo, benchmarks, ORCHID
    v6(0x2001, 0xdb8, 32), // documentation
    v6(0x2002, 0, 16),     // 6to4, which holds an IPv4 address
    v6(0x3fff, 0, 20),     // documentation
];

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(first: u16, second: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), length)
}

/// A host to which hooks may connect wherever it is: `NAME`, or `NAME:PORT` for one port alone.
///
/// ```
/// let mut http = holdline_server::HttpConfig::default();
/// http.hook_hosts.push("build.lan:8080".parse().unwrap());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookHost {
    host: Host,
    port: Option<u16>,
}

/// The error for a text that is not a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("give a host as NAME or NAME:PORT, as in build.lan:8080, 10.0.0.5 or [fd00::5]:80")]
pub struct InvalidHookHost;

impl FromStr for HookHost {
    type Err = InvalidHookHost;

    fn from_str(text: &str) -> Result<Self, InvalidHookHost> {
        let (host, port) = match text.rsplit_once(':') {
            // A colon inside brackets belongs to the address.
            Some((host, port)) if !port.ends_with(']') => {
                (host, Some(port.parse().map_err(|_| InvalidHookHost)?))
            }
            _ => (text, None),
        };
        Ok(Self { host: Host::parse(host).map_err(|_| InvalidHookHost)?, port })
    }
}

/// Decides about each address to which a hook is going to connect.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddressGuard {
    allowed: Vec<HookHost>,
}

impl AddressGuard {
    /// Permits public addresses, and any address of these hosts.
    pub(crate) fn new(allowed: Vec<HookHost>) -> Self {
        Self { allowed }
    }

    /// Whether the URL's host is an address to which no hook may connect. A name is no address yet.
    pub(crate) fn refuses(&self, url: &HookUrl) -> bool {
        url.address().is_some_and(|address| !self.permits(url, address))
    }

    /// Whether a hook with this URL may connect to this address of the URL's host.
    pub(super) fn permits(&self, url: &HookUrl, address: IpAddr) -> bool {
        let is_named = |allowed: &HookHost| {
            url.host().is_some_and(|host| host == allowed.host)
                && allowed.port.is_none_or(|port| port == url.port())
        };
        is_public(address) || self.allowed.iter().any(is_named)
    }
}

/// Whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|network| network.contains(&address))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(guard: &AddressGuard, text: &str) -> bool {
        let url: HookUrl = text.parse().unwrap_or_else(|_| panic!("{text} is a URL"));
        assert!(url.address().is_some(), "{text} has an address");
        !guard.refuses(&url)
    }

    /// Spellings of addresses that are not the public internet.
    const SPECIAL: [(&str, &str); 7] = [
        (
            "loopback",
            "127.0.0.1 127.255.255.254 127.1 127.0.1 2130706433 0x7f000001 0x7F.0.0.1 0x7f.1 0177.0.0.1 017700000001
             0000177.0x0.00.1 127.0.0.1. %31%32%37.0.0.1 ①②⑦.⓪.⓪.① 127。0。0。1 １２７.0.0.1 [::1] [0:0:0:0:0:0:0:1] [::0001]",
        ),
        ("unspecified", "0 0.0.0.0 0x0 00 0.1.2.3 [::]"),
        (
            "IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP",
            "[::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:a9fe:a9fe] [::ffff:8.8.8.8] [::127.0.0.1] [::7f00:1]
             [::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::a00:1] [2002:7f00:1::1]
             [2002:a9fe:a9fe::] [2001::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [fe80::5efe:10.0.0.1]",
        ),
        (
            "private, shared, unique-local",
            "10.0.0.1 012.0.0.1 167772161 172.16.0.1 172.31.255.255 192.168.0.1 0xc0a80001 192.168.1 100.64.0.1
             100.127.255.255 [fc00::1] [fdff::1] [fec0::1]",
        ),
        (
            "link-local, metadata of clouds",
            "169.254.169.254 2852039166 0xa9.0xfe.43518 168.63.129.16 192.0.0.192 100.100.100.200 [fd00:ec2::254]
             [fe80::1] [febf::1]",
        ),
        (
            "documentation, benchmarks, relays, discard",
            "192.0.2.1 198.51.100.1 203.0.113.255 198.18.0.1 198.19.255.255 192.88.99.1 [2001:db8::1] [3fff::1]
             [3fff:fff::1] [2001:2::1] [2001:10::1] [2001:20::1] [100::1] [5f00::1]",
        ),
        (
            "multicast, broadcast, reserved",
            "224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 4294967295 [ff02::1] [ff0e::1] [4000::1] [1fff::1]",
        ),
    ];

    #[test]
    fn every_spelling_of_a_special_address_is_refused() {
        for (kind, hosts) in SPECIAL {
            for host in hosts.split_whitespace() {
                assert!(
                    !permits(&AddressGuard::default(), &format!("http://{host}:8080/")),
                    "{kind}: {host}"
                );
            }
        }
        for url in [
            "http:127.0.0.1",
            "http:/127.0.0.1",
            "http:///127.0.0.1/",
            "http:\\\\127.0.0.1\\",
            "http://127.0.0.1\\@example.com/",
            "http://127.0.0.1?@example.com/",
            "ht\ntp://127.0.\t0.1/",
            " http://127.0.0.1/ ",
            "http://@127.0.0.1/",
        ] {
            assert!(!permits(&AddressGuard::default(), url), "{url}");
        }
    }

    #[test]
    fn public_addresses_are_permitted() {
        let hosts =
            "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1
            168.63.129.15 169.253.0.1 172.15.255.255 172.32.0.1 192.0.1.1 192.167.0.1 198.17.0.1 198.20.0.1
            223.255.255.255 0x08.010.8.8 [2606:4700:4700::1111] [2a00:1450:4001::200e] [2001:200::1]
            [2001:4860:4860::8888] [2003::1]";
        for host in hosts.split_whitespace() {
            assert!(permits(&AddressGuard::default(), &format!("http://{host}/")), "{host}");
        }
    }

    #[test]
    fn operator_allows_a_host_by_name() {
        let guard = AddressGuard::new(
            ["Build.LAN", "localhost:8080", "10.0.0.5", "[fd00::5]:80"]
                .map(|text| text.parse().unwrap())
                .into(),
        );
        let private = "10.9.9.9".parse().unwrap();
        for (url, may) in [
            ("http://build.lan/", true),
            ("https://BUILD.lan:444/a", true),
            ("http://build.lan./", false),
            ("http://a.build.lan/", false),
            ("http://localhost:8080/", true),
            ("http://localhost/", false),
            ("https://localhost:8081/", false),
            ("http://10.0.0.5/", true),
            ("http://0xa.5:7/", true),
            ("http://10.0.0.6/", false),
            ("http://[fd00:0::5]/", true),
            ("https://[fd00::5]/", false),
            ("http://example.com/", false),
        ] {
            assert_eq!(guard.permits(&url.parse().unwrap(), private), may, "{url}");
        }
        for bad in ["", ":80", "a:", "a:b", "a:99999", "::1", "a b", "http://a", "[::1", "a/b", "u@a"] {
            assert_eq!(HookHost::from_str(bad), Err(InvalidHookHost), "{bad}");
        }
    }
}
