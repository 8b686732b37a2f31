//! The visitor of a request: the address to which limits apply. Whether one is banned or limited is decided elsewhere.

use std::net::{IpAddr, Ipv6Addr};

use super::forwarded::NamedClient;
use super::head::CallerHeaders;
use crate::api::app::App;

/// The address to which limits apply: the peer's, or that of the client behind trusted proxies; IPv6 by
/// network. `None` for a trusted proxy that names no client, and for this machine, where the peer is either the
/// owner's program or a proxy. All clients whom a proxy names in two ways share its own address: one of the two is what a
/// client wrote, to be counted as somebody else.
pub(super) fn find_visitor(app: &App, peer: IpAddr, headers: &CallerHeaders<'_>) -> Option<IpAddr> {
    if !app.config.trusts(peer) {
        return (!peer.is_loopback()).then(|| network(peer));
    }
    match headers.forwarded.client(|one| app.config.trusts(one)) {
        NamedClient::Address(client) => Some(network(client)),
        NamedClient::Unnamed => None,
        NamedClient::Contradictory => {
            if let Some(times) = app.contradictory_visitors.count(1) {
                tracing::warn!(
                    %peer,
                    times,
                    "a proxy passed on X-Forwarded-For and Forwarded that name different visitors, so they count as one; let it set one of the two and delete the other"
                );
            }
            Some(network(peer))
        }
    }
}

/// An IPv4 address, or the network half of an IPv6 address; owners choose the other half freely.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// Warns the operator that limits per visitor cannot apply, and says what would make them apply.
pub(super) fn warn_of_unnamed_visitors(app: &App, peer: Option<IpAddr>) {
    if let Some(times) = app.unnamed_visitors.count(1) {
        let peer = peer.map_or_else(|| "an unknown address".to_owned(), |peer| peer.to_string());
        tracing::warn!(
            %peer,
            times,
            "requests named no visitor, so no limit per visitor applies to them; if a proxy of yours sent them, start with --trusted-proxy and its address, and let it set X-Forwarded-For"
        );
    }
}
