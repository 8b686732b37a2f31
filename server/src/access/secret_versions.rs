//! The versions of the log's secret, which signs sessions. The log tells a salt for each; with the secret, which this module
//! does not keep, a key follows from the salt.

use hmac::{Hmac, KeyInit, Mac as _};
use holdline_shared::Timestamp;
use sha2::Sha256;

/// The number of former versions that may be in their grace time at once; the oldest of more is over. Each of them costs a
/// forged token another computation.
const FORMER: usize = 4;

/// The present version, and the former ones that are still accepted for a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SecretVersions {
    present: SecretVersion,
    /// The versions of before, each with the end of its grace time, the oldest first.
    former: Vec<(SecretVersion, Timestamp)>,
}

/// A version of the secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SecretVersion {
    /// The number of versions before this one.
    pub(crate) number: u64,
    /// The salt of the change; `None` for the first version, which is the secret itself.
    salt: Option<Box<str>>,
}

impl SecretVersions {
    /// The version that signs.
    pub(crate) fn present(&self) -> &SecretVersion {
        &self.present
    }

    /// The former versions, the newest first, each with the end of its grace time.
    pub(crate) fn former(&self) -> impl Iterator<Item = (&SecretVersion, Timestamp)> {
        self.former.iter().rev().map(|(version, end)| (version, *end))
    }

    /// Whether signatures of the version with this number are valid. Asks for the time only if it matters.
    pub(crate) fn accepts(&self, number: u64, now: impl FnOnce() -> Timestamp) -> bool {
        self.present.number == number
            || self.former().find(|(version, _)| version.number == number).is_some_and(|(_, end)| now() < end)
    }

    /// Makes a new version; all others are accepted until `grace_until` at the latest.
    pub(super) fn rotate(&mut self, salt: String, grace_until: Timestamp, at: Timestamp) {
        let next = SecretVersion { number: self.present.number + 1, salt: Some(salt.into()) };
        self.former.push((std::mem::replace(&mut self.present, next), grace_until));
        for (_, end) in &mut self.former {
            *end = (*end).min(grace_until);
        }
        self.former.retain(|(_, end)| at < *end);
        let surplus = self.former.len().saturating_sub(FORMER);
        self.former.drain(..surplus);
    }
}

impl SecretVersion {
    /// The key of this version of a log's secret.
    pub(crate) fn key(&self, log_secret: &[u8; 32]) -> [u8; 32] {
        let Some(salt) = &self.salt else { return *log_secret };
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block[..log_secret.len()].copy_from_slice(log_secret);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block);
        mac.update(b"holdline secret version ");
        mac.update(salt.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grace_time_of_a_version_is_never_prolonged() {
        let mut versions = SecretVersions::default();
        let accepted = |versions: &SecretVersions, at: u64| -> Vec<u64> {
            (0..9).filter(|number| versions.accepts(*number, || Timestamp(at))).collect()
        };
        assert_eq!(accepted(&versions, 0), [0]);
        versions.rotate("a".to_owned(), Timestamp(100), Timestamp(10));
        assert_eq!((accepted(&versions, 99), accepted(&versions, 100)), (vec![0, 1], vec![1]));
        versions.rotate("b".to_owned(), Timestamp(200), Timestamp(50));
        assert_eq!((accepted(&versions, 99), accepted(&versions, 100)), (vec![0, 1, 2], vec![1, 2]));
        versions.rotate("c".to_owned(), Timestamp(60), Timestamp(60));
        assert_eq!(accepted(&versions, 0), [3], "the end of all others at once");
        for number in 4..9 {
            versions.rotate(number.to_string(), Timestamp(1_000), Timestamp(100));
        }
        assert_eq!(accepted(&versions, 100), [4, 5, 6, 7, 8]);
    }

    #[test]
    fn key_follows_from_secret_and_salt() {
        let mut versions = SecretVersions::default();
        let key = |versions: &SecretVersions, secret: u8| versions.present().key(&[secret; 32]);
        assert_eq!(key(&versions, 7), [7; 32], "sessions of earlier versions of the server hold");
        versions.rotate("a".to_owned(), Timestamp(1), Timestamp(0));
        let of_a = key(&versions, 7);
        versions.rotate("b".to_owned(), Timestamp(1), Timestamp(0));
        let keys = [[7; 32], of_a, key(&versions, 7), key(&versions, 8)];
        assert!((1..4).all(|at| !keys[..at].contains(&keys[at])), "{keys:?}");
    }
}
