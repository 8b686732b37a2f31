//! The id of a request, which connects the reports of a client, a proxy and the server's own log.

use std::fmt;
use std::net::IpAddr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::config::HttpConfig;
use crate::random;

/// The length in bytes of the longest id that is accepted from a proxy.
const LONGEST: usize = 128;

/// The id of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RequestId {
    /// An id given by a trusted proxy.
    Given(Box<str>),
    /// An id of our own.
    Made(u64),
}

impl RequestId {
    /// Reads the id that a trusted proxy gave in `X-Request-Id`; ignores one that is no plain word.
    pub(crate) fn given(config: &HttpConfig, peer: Option<IpAddr>, header: Option<&[u8]>) -> Option<Self> {
        let id = header.filter(|_| peer.is_some_and(|peer| config.trusts(peer)))?;
        let id = std::str::from_utf8(id).ok()?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:=+/@~".contains(&byte);
        ((1..=LONGEST).contains(&id.len()) && id.bytes().all(is_plain)).then(|| Self::Given(id.into()))
    }

    /// Makes a new id. The first one is random, so that ids of two runs of a server differ.
    pub(crate) fn make() -> Self {
        static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(random::word()));
        Self::Made(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(id) => f.write_str(id),
            Self::Made(number) => write!(f, "{number:016x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_words_of_trusted_proxies_are_taken_over() {
        let mut config = HttpConfig::default();
        config.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
        let long = "x".repeat(LONGEST + 1);
        for (peer, id, is_given) in [
            ("10.0.0.1", "4bf92f3577b34da6-1", true),
            ("10.0.0.1", &long[1..], true),
            ("10.0.0.1", &long, false),
            ("10.0.0.1", "", false),
            ("10.0.0.1", "two words", false),
            ("10.0.0.1", "a\x1b[1m", false),
            ("192.0.2.1", "4bf92f3577b34da6-1", false),
        ] {
            let given = RequestId::given(&config, Some(peer.parse().unwrap()), Some(id.as_bytes()));
            assert_eq!(given.map(|id| id.to_string()), is_given.then(|| id.to_owned()), "{peer}: {id}");
        }
        assert_ne!(RequestId::make(), RequestId::make());
    }
}
