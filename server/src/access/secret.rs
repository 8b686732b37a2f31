//! Random secrets that are shown once, and the hashes that the log keeps of them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::random;

/// A secret of 160 random bits: an invite's code, a token, a session's id.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

/// The SHA-256 of a secret. Secrets are random, so a slow hash would protect nothing more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SecretHash(Box<str>);

impl Secret {
    /// Makes a new secret.
    pub(crate) fn make() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random::bytes::<20>()))
    }

    /// A secret that a client presents. Whether it is one, a look-up by its hash tells.
    pub(crate) fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The secret's text, for the one who may know it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// The hash that the log keeps.
    pub(crate) fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl SecretHash {
    /// Hashes what a client presents.
    pub(crate) fn of(presented: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(presented)).into())
    }

    /// The hash in base64.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// A short name for lists, which reveals nothing.
    pub(crate) fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

/// A random name for lists: no secret.
pub(crate) fn make_id() -> String {
    holdline_shared::PersonId::from_random(random::bytes()).as_str()[..12].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_found_by_its_hash_and_not_shown() {
        let secret = Secret::make();
        assert_eq!(SecretHash::of(secret.reveal()), secret.hash());
        assert_ne!(SecretHash::of("x"), secret.hash());
        assert!(!format!("{secret:?}").contains(secret.reveal()));
        assert_eq!(secret.reveal().len(), 27);
        assert_eq!(secret.hash().short().len(), 12);
    }
}
