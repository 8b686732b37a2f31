//! The HTTP options of `serve`: host names, proxies, limits. Adds the names of the listening addresses.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Args;
use holdline_server::{FrameAncestors, HookHost, Hosts, HttpConfig, Limits, ProxyLogin};
use http::HeaderName;
use ipnet::IpNet;
use tokio::net::TcpListener;

use crate::addresses::reachable;
use crate::client::Address;

/// The variable with the secret that a proxy sends.
const PROXY_SECRET: &str = "HOLDLINE_PROXY_SECRET";

/// The HTTP options: host names, trusted proxies, who may frame the page, the limits on callers, and users whom a proxy names.
#[derive(Args)]
pub(super) struct HttpOptions {
    /// Another host name of this server in browsers, as in chat.example; repeat for more, * for any. The addresses it listens
    /// on and this machine's own names are accepted without it
    #[arg(long = "host", env = "HOLDLINE_HOST", value_name = "NAME", value_delimiter = ',', value_parser = host)]
    hosts: Vec<String>,

    /// The address of this server for people, as in `https://chat.example/`; for links, and its host is accepted like one of
    /// --host
    #[arg(long, env = "HOLDLINE_ADDRESS", hide_env_values = true, value_name = "URL")]
    address: Option<Address>,

    /// An address or network of proxies in front of this server, as in 127.0.0.1 or 10.0.0.0/8, whose headers Forwarded and
    /// X-Forwarded-* are trusted
    #[arg(long = "trusted-proxy", env = "HOLDLINE_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    trusted_proxies: Vec<IpNet>,

    /// A site whose pages may show the chat in a frame, as in `https://intranet.example`; repeat for more, self for this
    /// server [default: none]
    #[arg(long = "frame-ancestors", env = "HOLDLINE_FRAME_ANCESTORS", value_name = "ORIGIN", value_delimiter = ',', value_parser = frame_ancestor)]
    frame_ancestors: Vec<String>,

    /// A limit on what one person or one visitor may do, as in publish=60+1/s: 60 at once and one more each second (s, min, h);
    /// 0 allows none, none lifts the limit, and `--limit none` lifts all. Repeat for more. The defaults, of a person:
    /// publish=60+1/s reactions=60+2/s rooms=10+10/h history=300+300/min reads=1200+1200/min held-polls=10; of a visitor (an IPv4 address or an
    /// IPv6 /64): visitor-sessions=300+60/min visitor-rooms=100+100/h visitor-held-polls=2000 visitor-connections=4000
    /// failed-secrets=30+2/min join-password=10+40/h
    #[arg(long = "limit", env = "HOLDLINE_LIMIT", value_name = "NAME=LIMIT", value_delimiter = ',', value_parser = limit)]
    limits: Vec<String>,

    /// A host without a public address to which outgoing webhooks may connect all the same, as in build.lan or 10.0.0.5:8080;
    /// repeat for more [default: none, only public addresses]
    #[arg(
        long = "allow-hook-host",
        env = "HOLDLINE_ALLOW_HOOK_HOST",
        value_name = "HOST[:PORT]",
        value_delimiter = ','
    )]
    hook_hosts: Vec<HookHost>,

    /// The header in which a trusted proxy names the user, for the door "proxy"
    #[arg(
        long,
        env = "HOLDLINE_PROXY_USER_HEADER",
        value_name = "NAME",
        requires_all = ["proxy_secret_header", "trusted_proxies"]
    )]
    proxy_user_header: Option<HeaderName>,

    /// The header in which that proxy sends the secret, that --proxy-secret-file has, or the environment
    #[arg(long, env = "HOLDLINE_PROXY_SECRET_HEADER", value_name = "NAME", requires = "proxy_user_header")]
    proxy_secret_header: Option<HeaderName>,

    /// A file with the secret that the proxy sends
    #[arg(long, env = "HOLDLINE_PROXY_SECRET_FILE", value_name = "PATH", requires = "proxy_user_header")]
    proxy_secret_file: Option<PathBuf>,
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
        for origin in &self.frame_ancestors {
            config.frame_ancestors = config.frame_ancestors.with_origin(origin)?;
        }
        config.hook_hosts.clone_from(&self.hook_hosts);
        config.proxy_login = self.proxy_login()?;
        for setting in &self.limits {
            config.limits.set(setting)?;
        }
        Ok(config)
    }

    /// Whether a proxy may name users.
    pub(super) fn has_proxy_login(&self) -> bool {
        self.proxy_user_header.is_some()
    }

    fn proxy_login(&self) -> anyhow::Result<Option<ProxyLogin>> {
        let (Some(user), Some(secret)) = (&self.proxy_user_header, &self.proxy_secret_header) else {
            return Ok(None);
        };
        ensure!(user != secret, "--proxy-user-header and --proxy-secret-header name the same header");
        let text = match &self.proxy_secret_file {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the proxy's secret from {}", path.display()))?,
            None => std::env::var(PROXY_SECRET).with_context(|| {
                format!("--proxy-user-header needs {PROXY_SECRET} or --proxy-secret-file")
            })?,
        };
        let text = text.trim();
        ensure!(text.len() >= 16, "the proxy's secret has at least 16 characters");
        Ok(Some(ProxyLogin {
            user_header: user.clone(),
            secret_header: secret.clone(),
            secret: text.to_owned(),
        }))
    }
}

fn host(text: &str) -> Result<String, String> {
    let text = text.trim();
    Hosts::loopback().with_name(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

fn frame_ancestor(text: &str) -> Result<String, String> {
    let text = text.trim();
    FrameAncestors::default().with_origin(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

fn limit(text: &str) -> Result<String, String> {
    let text = text.trim();
    Limits::default().set(text).map(|()| text.to_owned()).map_err(|error| error.to_string())
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
    fn help_names_each_limit_with_its_default() {
        let command = HttpOptions::augment_args(clap::Command::new("serve"));
        let argument = command.get_arguments().find(|argument| argument.get_id() == "limits").unwrap();
        let help = argument.get_help().unwrap().to_string();
        let mut limits = Limits::NONE;
        let (_, defaults) = help.split_once("The defaults").unwrap();
        for setting in defaults.split([' ', ';']).filter(|word| word.contains('=')) {
            limits.set(setting).unwrap();
        }
        assert_eq!(limits, Limits::default());
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
