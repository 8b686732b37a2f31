//! Hashes of passphrases and of the join password: argon2id, off the async threads, a few at once.
//!
//! A check takes some 20 ms and 19 MiB by design, so strangers must not be able to start many.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use holdline_shared::ProblemCode;
use tokio::sync::Semaphore;

use super::error::ApiError;
use crate::log::LogError;
use crate::random;

/// The number of hashes that are computed at once.
const AT_ONCE: usize = 2;

/// The number of requests that wait for their turn, a second or so; more are answered `overloaded`.
const WAITING: usize = 64;

/// The shortest passphrase, in characters: what NIST SP 800-63B asks of passwords that people choose.
const SHORTEST: usize = 8;

/// The longest passphrase, in bytes.
const LONGEST: usize = 1_024;

/// A passphrase or a password in clear text.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub(super) struct Passphrase(String);

impl Passphrase {
    /// Refuses a new passphrase that is too short to protect anything, or absurdly long.
    pub(super) fn acceptable(self) -> Result<Self, ApiError> {
        if self.0.chars().count() < SHORTEST || self.0.len() > LONGEST {
            let detail =
                format!("a passphrase has at least {SHORTEST} characters and at most {LONGEST} bytes");
            return Err(ApiError::new(ProblemCode::InvalidBody, detail));
        }
        Ok(self)
    }
}

/// Computes and compares hashes.
pub(super) struct SlowHashes {
    computing: Arc<Semaphore>,
    waiting: Semaphore,
}

impl SlowHashes {
    pub(super) fn new() -> Self {
        Self { computing: Arc::new(Semaphore::new(AT_ONCE)), waiting: Semaphore::new(AT_ONCE + WAITING) }
    }

    /// The hash of a new passphrase, in PHC's format.
    pub(super) async fn hash(&self, passphrase: Passphrase) -> Result<String, ApiError> {
        let passphrase = passphrase.acceptable()?;
        Ok(self.compute(move || hash(&passphrase.0)).await??)
    }

    /// Whether the passphrase has this hash. Takes as long if there is none, so that the time does not tell.
    pub(super) async fn verify(
        &self,
        passphrase: Passphrase,
        hash: Option<Arc<str>>,
    ) -> Result<bool, ApiError> {
        let check = move || match hash.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => argon2().verify_password(passphrase.0.as_bytes(), &hash).is_ok(),
            damaged_or_none => {
                if let Some(Err(error)) = damaged_or_none {
                    tracing::error!(%error, "the hash of a passphrase is damaged; nobody can sign in with it");
                }
                let salt = [0; 16];
                let hash: Result<PasswordHash, _> =
                    argon2().hash_password_with_salt(passphrase.0.as_bytes(), &salt);
                drop(std::hint::black_box(hash));
                false
            }
        };
        self.compute(check).await
    }

    async fn compute<T: Send + 'static>(
        &self,
        compute: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let busy =
            || ApiError::new(ProblemCode::Overloaded, "too many passphrases are being checked; try again");
        let _place = self.waiting.try_acquire().map_err(|_| busy())?;
        // Goes with the computation, which goes on if the client does not wait for it.
        let permit = self.computing.clone().acquire_owned().await.map_err(|_| busy())?;
        let computed = tokio::task::spawn_blocking(move || {
            let computed = compute();
            drop(permit);
            computed
        });
        computed.await.map_err(|error| LogError::Unavailable(error.to_string()).into())
    }
}

/// Hashes a secret of the operator's, who needs no bounds.
pub(super) async fn hash_in_background(secret: String) -> Result<String, LogError> {
    let hashed = tokio::task::spawn_blocking(move || hash(&secret)).await;
    hashed.map_err(|error| LogError::Unavailable(error.to_string()))?
}

fn hash(secret: &str) -> Result<String, LogError> {
    let hashed = argon2().hash_password_with_salt(secret.as_bytes(), &random::bytes::<16>());
    hashed
        .map(|hash: PasswordHash| hash.to_string())
        .map_err(|error| LogError::Unavailable(error.to_string()))
}

/// Argon2id with the parameters that OWASP recommends for little memory: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    // The crate's own default, should these ever be invalid, is the same.
    let params = Params::new(19 * 1_024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase(text.to_owned())
    }

    #[tokio::test]
    async fn right_passphrase_alone_has_the_hash() {
        let hashes = SlowHashes::new();
        let hash = hashes.hash(passphrase("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hashes.hash(passphrase("correct horse")).await.unwrap(), "each has its salt");
        let hash = Some(Arc::from(hash));
        for (text, hash, is_right) in [
            ("correct horse", hash.clone(), true),
            ("correct horsf", hash.clone(), false),
            ("", hash, false),
            ("correct horse", None, false),
            ("correct horse", Some(Arc::from("$argon2id$")), false),
        ] {
            assert_eq!(hashes.verify(passphrase(text), hash).await.unwrap(), is_right, "{text}");
        }
    }

    #[tokio::test]
    async fn passphrase_has_bounds() {
        let hashes = SlowHashes::new();
        for bad in ["1234567".to_owned(), "x".repeat(LONGEST + 1)] {
            assert_eq!(hashes.hash(Passphrase(bad)).await.unwrap_err().code(), ProblemCode::InvalidBody);
        }
    }

    #[tokio::test]
    async fn checks_beyond_the_queue_are_refused() {
        let hashes = SlowHashes::new();
        let _all = hashes.waiting.acquire_many(u32::try_from(AT_ONCE + WAITING).unwrap()).await.unwrap();
        let refused = hashes.verify(passphrase("correct horse"), None).await.unwrap_err();
        assert_eq!((refused.code(), refused.retry_after()), (ProblemCode::Overloaded, Some(2)));
    }
}
