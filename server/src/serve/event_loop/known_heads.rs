//! The head of a connection's last poll, and who sent it. A client sends the same headers with each poll of a connection, so
//! neither they nor the session in them are read again until access changes ([record 35]).
//!
//! [record 35]: ../../../../docs/decisions/0035-known-heads.md

use std::hash::BuildHasher as _;
use std::time::Duration;

use foldhash::quality::RandomState;
use tokio::time::Instant;

use crate::api::Poller;

/// The time after which a head is read again: what depends on the time, a session's age for instance, may be off by so much.
const GOOD_FOR: Duration = Duration::from_secs(60);

/// A hash of the headers of a request, keyed by chance. Two requests on one connection that have the same are taken for equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

/// A head that was read, and who sent it.
#[derive(Debug)]
pub(super) struct KnownHead {
    fingerprint: Fingerprint,
    /// The revision of access at which the sender was found.
    revision: u64,
    until: Instant,
    pub(super) poller: Poller,
}

/// Makes fingerprints.
#[derive(Default)]
pub(super) struct Fingerprints(RandomState);

impl Fingerprints {
    pub(super) fn of(&self, headers: &[u8]) -> Fingerprint {
        Fingerprint(self.0.hash_one(headers))
    }
}

impl KnownHead {
    /// Notes the sender of a head, found at this revision of access.
    pub(super) fn new(fingerprint: Fingerprint, poller: Poller, revision: u64, now: Instant) -> Self {
        Self { fingerprint, poller, revision, until: now + GOOD_FOR }
    }

    /// Whether a request with this fingerprint has the same sender at this revision of access.
    pub(super) fn is_of(&self, fingerprint: Fingerprint, revision: u64, now: Instant) -> bool {
        self.fingerprint == fingerprint && self.revision == revision && now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn head_is_known_until_access_changes_or_a_minute_is_over() {
        let (fingerprints, now) = (Fingerprints::default(), Instant::now());
        let same = fingerprints.of(b"host: a\r\n\r\n");
        let known = KnownHead::new(same, Poller::stranger(), 7, now);
        assert!(known.is_of(fingerprints.of(b"host: a\r\n\r\n"), 7, now + GOOD_FOR / 2));
        assert!(!known.is_of(fingerprints.of(b"host: b\r\n\r\n"), 7, now));
        assert!(!known.is_of(same, 8, now) && !known.is_of(same, 7, now + GOOD_FOR));
        assert_ne!(same, Fingerprints::default().of(b"host: a\r\n\r\n"), "keyed by chance");
    }
}
