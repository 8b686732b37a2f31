//! The listening sockets: those that a service manager passes, or addresses bound here.

mod bind;

use std::net::{SocketAddr, ToSocketAddrs};

use anyhow::{Context, bail};
use listenfd::ListenFd;
use tokio::net::TcpListener;
use tracing::warn;

use self::bind::{bind, bind_error, is_missing};

/// A value of `--listen`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListenAddress {
    /// The host name, if the value was `NAME:PORT`.
    name: Option<String>,
    /// The addresses of the name.
    sockets: Vec<SocketAddr>,
}

impl ListenAddress {
    /// The host name, if the value was a name and not an address.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The addresses of the value; at least one.
    pub(crate) fn sockets(&self) -> &[SocketAddr] {
        &self.sockets
    }
}

/// Parses an address: `IP:PORT`, `NAME:PORT`, or a port alone on the loopback address. A name stands for all of its
/// addresses.
pub(crate) fn parse(text: &str) -> Result<ListenAddress, String> {
    let text = text.trim();
    let bare = text.strip_prefix(':').unwrap_or(text);
    let full = if bare.parse::<u16>().is_ok() { format!("127.0.0.1:{bare}") } else { text.to_owned() };
    let mut sockets: Vec<SocketAddr> = full.to_socket_addrs().map(Iterator::collect).unwrap_or_default();
    sockets.sort_unstable();
    sockets.dedup();
    if sockets.is_empty() {
        let why = "an address is IP:PORT, NAME:PORT or a port, as in 127.0.0.1:8080, 0.0.0.0:8080, [::1]:8080 or 8080";
        return Err(why.to_owned());
    }
    let is_name = full.parse::<SocketAddr>().is_err();
    let name = full.rsplit_once(':').filter(|_| is_name).map(|(name, _)| name.to_owned());
    Ok(ListenAddress { name, sockets })
}

/// Opens the listeners: the sockets passed by systemd's protocol (`LISTEN_FDS`), which stay open while the server
/// restarts, so that no connection is refused meanwhile; without them, the addresses.
pub(super) fn open(addresses: &[ListenAddress]) -> anyhow::Result<Vec<TcpListener>> {
    let mut handed_over = ListenFd::from_env();
    let mut listeners = Vec::new();
    for index in 0..handed_over.len() {
        let socket = handed_over
            .take_tcp_listener(index)
            .context("the socket that was handed over is not a TCP one")?;
        if let Some(socket) = socket {
            socket.set_nonblocking(true)?;
            listeners.push(TcpListener::from_std(socket)?);
        }
    }
    if !listeners.is_empty() {
        return Ok(listeners);
    }
    let all: Vec<SocketAddr> = addresses.iter().flat_map(|given| given.sockets.iter().copied()).collect();
    let mut bound = Vec::new();
    for given in addresses {
        let before = listeners.len();
        let mut missing = None;
        for &address in &given.sockets {
            if let Some(other) = covering(address, &all, &bound) {
                warn!(%address, "listening there once; {other} takes its connections, too");
                continue;
            }
            match bind(address, &all) {
                Ok(listener) => {
                    listeners.push(listener);
                    bound.push(address);
                }
                // A name may have addresses that this machine lacks, as `localhost` without IPv6.
                Err(error) if given.name.is_some() && is_missing(&error) => missing = Some((address, error)),
                Err(error) => bail!(bind_error(address, &error)),
            }
        }
        match missing {
            Some((address, error)) if listeners.len() == before => bail!(bind_error(address, &error)),
            Some((address, error)) => warn!(%address, %error, "not listening there"),
            None => {}
        }
    }
    Ok(listeners)
}

/// The address that already accepts the connections to this one: itself if it is given twice, or its family's wildcard.
fn covering(address: SocketAddr, all: &[SocketAddr], bound: &[SocketAddr]) -> Option<SocketAddr> {
    if address.port() == 0 {
        return None;
    }
    let wildcard = |other: &&SocketAddr| {
        other.port() == address.port() && other.is_ipv4() == address.is_ipv4() && other.ip().is_unspecified()
    };
    let wildcard = all.iter().find(wildcard).filter(|_| !address.ip().is_unspecified());
    wildcard.or_else(|| bound.iter().find(|other| **other == address)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_forms_of_addresses_are_parsed() {
        for (text, address) in [
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("0.0.0.0:8080", "0.0.0.0:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("8080", "127.0.0.1:8080"),
            (":8080", "127.0.0.1:8080"),
        ] {
            let parsed = parse(text).unwrap();
            assert_eq!((parsed.name(), parsed.sockets()), (None, &[address.parse().unwrap()][..]), "{text}");
        }
        for bad in ["", "here", "1.2.3.4", "99999", "a b:80"] {
            assert!(parse(bad).unwrap_err().contains("as in"), "{bad}");
        }
    }

    #[test]
    fn name_is_kept_and_resolved_to_all_its_addresses() {
        let localhost = parse("localhost:8080").unwrap();
        assert_eq!(localhost.name(), Some("localhost"));
        let mut resolved: Vec<_> = "localhost:8080".to_socket_addrs().unwrap().collect();
        resolved.sort_unstable();
        resolved.dedup();
        assert_eq!(localhost.sockets(), resolved);
    }

    #[tokio::test]
    async fn overlapping_addresses_are_bound_once() {
        // A port that was free a moment ago.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let addresses = |texts: &[&str]| -> Vec<ListenAddress> {
            texts.iter().map(|text| parse(&format!("{text}:{port}")).unwrap()).collect()
        };
        for (given, count) in [
            (&["127.0.0.1", "127.0.0.1"][..], 1),
            (&["127.0.0.1", "0.0.0.0"], 1),
            (&["0.0.0.0", "127.0.0.1"], 1),
            (&["127.0.0.1", "127.0.0.2"], 2),
        ] {
            assert_eq!(open(&addresses(given)).unwrap().len(), count, "{given:?}");
        }
        if std::net::TcpListener::bind("[::1]:0").is_ok() {
            for given in
                [["0.0.0.0", "[::]"], ["[::]", "0.0.0.0"], ["[::]", "127.0.0.1"], ["[::1]", "127.0.0.1"]]
            {
                assert_eq!(open(&addresses(&given)).unwrap().len(), 2, "{given:?}");
            }
            let both = open(&addresses(&["[::]"])).unwrap();
            assert!(
                std::net::TcpStream::connect(("127.0.0.1", port)).is_ok(),
                "alone the IPv6 wildcard accepts IPv4, too"
            );
            drop(both);
        }
        let taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
        let why = open(&addresses(&["127.0.0.1"])).unwrap_err().to_string();
        assert!(why.contains("another program listens there"), "{why}");
        drop(taken);
        // An address reserved for documentation, which no machine has.
        let why = open(&addresses(&["192.0.2.1"])).unwrap_err().to_string();
        assert!(why.contains("this machine does not have that address"), "{why}");
    }
}
