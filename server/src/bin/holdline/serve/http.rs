//! The HTTP options of `serve`: host names, proxies, limits. Adds the names of the listening addresses.

use std::net::IpAddr;

use clap::Args;
use holdline_server::{Hosts, HttpConfig};
use ipnet::IpNet;
use tokio::net::TcpListener;

use crate::addresses::reachable;
use crate::client::Address;

/// The HTTP options: host names, trusted proxies, and the limit on new rooms.
#[derive(Args)]
pub(super) struct HttpOptions {
    /// Another host name of this server in browsers, as in chat.example; repeat for more, * for any. The addresses it listens
    /// on and this machine's own names are accepted without it
    #[arg(long = "host", env = "HOLDLINE_HOST", value_name = "NAME", value_delimiter = ',', value_parser = host)]
    hosts: Vec<String>,

    /// The address of this server for people, as in https://chat.example/; for links, and its host is accepted like one of
    /// --host
    #[arg(long, env = "HOLDLINE_ADDRESS", hide_env_values = true, value_name = "URL")]
    address: Option<Address>,

    /// An address or network of proxies in front of this server, as in 127.0.0.1 or 10.0.0.0/8, whose headers Forwarded and
    /// X-Forwarded-* are trusted
    #[arg(long = "trusted-proxy", env = "HOLDLINE_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    trusted_proxies: Vec<IpNet>,

    /// Rooms that one person may create at once, and again in each hour; from one address ten times as many
    #[arg(long, env = "HOLDLINE_ROOMS_PER_HOUR", value_name = "NUMBER", default_value_t = 10)]
    rooms_per_hour: u32,
}

impl HttpOptions {
    /// The configuration of a server with these listeners; `names` are those from `--listen`.
    pub(super) fn config(&self, listeners: &[TcpListener], names: &[&str]) -> anyhow::Result<HttpConfig> {
        let mut hosts = Hosts::loopback();
        for listener in listeners {
            hosts = hosts.with_listener(listener.local_addr()?.ip());
        }
        if hosts.has_any_address() {
            hosts = hosts.with_machine(&gethostname::gethostname().to_string_lossy());
        }
        let own = self.address.as_ref().and_then(Address::host);
        for name in names.iter().copied().chain(self.hosts.iter().map(String::as_str)).chain(own) {
            hosts = hosts.with_name(name)?;
        }
        let mut config = HttpConfig::default();
        config.hosts = hosts;
        let first = listeners.first().map(TcpListener::local_addr).transpose()?;
        let first = first.map(|address| format!("http://{}", reachable(address)));
        config.address = self.address.as_ref().map(Address::to_string).or(first);
        config.trusted_proxies.clone_from(&self.trusted_proxies);
        config.rooms_per_person = self.rooms_per_hour;
        config.rooms_per_visitor = self.rooms_per_hour.saturating_mul(10);
        Ok(config)
    }
}

fn host(text: &str) -> Result<String, String> {
    let text = text.trim();
    Hosts::loopback().with_name(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// Reads `ADDRESS` or `ADDRESS/BITS`.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical())).ok();
    address.or_else(|| text.parse().ok().and_then(canonical)).ok_or_else(|| {
        "a trusted proxy is an address or a network, as in 127.0.0.1, 10.0.0.0/8 or ::1".to_owned()
    })
}

/// An IPv4 network in IPv6 form as the IPv4 network, which is how peers are compared. A wider one that also has other
/// addresses stays as it is.
fn canonical(network: IpNet) -> Option<IpNet> {
    let IpAddr::V4(address) = network.addr().to_canonical() else { return Some(network) };
    match (network, network.prefix_len().checked_sub(96)) {
        (IpNet::V6(_), Some(bits)) => IpNet::new(address.into(), bits).ok(),
        _ => Some(network),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_a_host_is_ignored() {
        assert_eq!(host(" chat.example "), Ok("chat.example".to_owned()));
        assert!(host("chat example").is_err());
    }

    #[test]
    fn addresses_and_networks_are_parsed() {
        for (text, network_text) in [
            ("127.0.0.1", "127.0.0.1/32"),
            ("::ffff:10.0.0.1", "10.0.0.1/32"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::1", "::1/128"),
            (" ::1 ", "::1/128"),
            ("\t10.0.0.0/8\n", "10.0.0.0/8"),
        ] {
            assert_eq!(network(text).map(|found| found.to_string()), Ok(network_text.to_owned()), "{text}");
        }
        for bad in ["", "localhost", "10.0.0.0/33", "unix"] {
            assert!(network(bad).unwrap_err().contains("as in"), "{bad}");
        }
    }
}
