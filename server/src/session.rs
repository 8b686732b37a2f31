//! Sessions: signed statements of a person's identity, carried by clients. Whether a statement still holds is decided by
//! `api`, from what the log says of the person.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use holdline_shared::{Nickname, Person, PersonId, Timestamp};
use sha2::Sha256;
use thiserror::Error;

use crate::access::{Access, Secret, SecretVersion, SecretVersions};

/// Signs and checks sessions with the log's secret (HMAC-SHA-256), so that they are valid on every server of the same
/// log and outlive restarts.
pub(crate) struct Sessions {
    log_secret: [u8; 32],
    keys: ArcSwap<Keys>,
}

/// The keys of some versions of the secret.
struct Keys {
    of: Arc<SecretVersions>,
    present: Key,
    /// The keys of before, each with the end of its grace time.
    former: Vec<(Key, Timestamp)>,
}

/// The key of a version of the secret.
struct Key {
    /// The number of the version.
    number: u64,
    /// Keyed in advance, which saves half of the work for each token.
    keyed: Hmac<Sha256>,
}

/// The statement of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The person, by the name at the time of the statement.
    pub(crate) person: Person,
    /// The time of the statement, to the second; zero in tokens of earlier versions, which do not tell.
    pub(crate) issued: Timestamp,
    pub(crate) holder: Holder,
}

/// A claim, and the number of the version of the secret that signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedClaim {
    pub(crate) claim: Claim,
    pub(crate) secret_version: u64,
}

/// The holder of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A guest, let in when the door had been changed so many times. Not by date: clocks may be set back.
    Guest { door: u64 },
    /// An account, by the id of one of its sessions.
    Account { session: Secret },
}

/// The reason why a token proves nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum InvalidSession {
    /// The token is damaged, forged or from another deployment.
    #[error("this session was not issued here or is damaged; POST to /api/v1/session for a new one")]
    Forged,
    /// The session was not used for long, was ended, or is a guest's whom the door no longer lets in.
    #[error("this session is over; sign in again, or POST to /api/v1/session for a new one")]
    Over,
}

impl Claim {
    /// Whether the token tells when it was issued, as all do but those of earlier versions.
    pub(crate) fn has_date(&self) -> bool {
        self.issued > Timestamp::default()
    }
}

impl Sessions {
    /// Makes the sessions of a log with this secret.
    pub(crate) fn new(log_secret: [u8; 32]) -> Self {
        let keys = Keys::of(&log_secret, &Arc::default());
        Self { log_secret, keys: ArcSwap::from_pointee(keys) }
    }

    /// Signs a token: `h2.ID.NICKNAME.SECONDS.SESSION.SIGNATURE`, with `-.DOOR` as a guest's session.
    pub(crate) fn sign(&self, access: &Access, claim: &Claim) -> String {
        let Claim { person, issued, holder } = claim;
        let name = URL_SAFE_NO_PAD.encode(person.name.as_str());
        let session = match holder {
            Holder::Guest { door } => &*format!("-.{door}"),
            Holder::Account { session } => session.reveal(),
        };
        let statement = format!("h2.{}.{name}.{}.{session}", person.id, issued.0 / 1_000);
        let signature = self.keys(access).present.mac(&statement).finalize().into_bytes();
        format!("{statement}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Checks a token's signature, and returns its statement. Reads tokens of earlier versions, `h1.ID.NICKNAME.SIGNATURE`,
    /// as guests'.
    pub(crate) fn check(
        &self,
        access: &Access,
        now: Timestamp,
        token: &str,
    ) -> Result<SignedClaim, InvalidSession> {
        let (statement, signature) = token.rsplit_once('.').ok_or(InvalidSession::Forged)?;
        let mut bytes = [0; 32];
        let length =
            URL_SAFE_NO_PAD.decode_slice(signature, &mut bytes).map_err(|_| InvalidSession::Forged)?;
        let keys = self.keys(access);
        let former = keys.former.iter().filter(|(_, end)| now < *end).map(|(key, _)| key);
        let is_signer = |key: &&Key| key.mac(statement).verify_slice(&bytes[..length]).is_ok();
        let signer = std::iter::once(&keys.present).chain(former).find(is_signer);
        let secret_version = signer.ok_or(InvalidSession::Forged)?.number;
        let claim = read(statement).ok_or(InvalidSession::Forged)?;
        Ok(SignedClaim { claim, secret_version })
    }

    /// The keys of the versions that `access` names.
    fn keys(&self, access: &Access) -> Guard<Arc<Keys>> {
        let (keys, versions) = (self.keys.load(), access.secret_versions());
        if Arc::ptr_eq(&keys.of, versions) {
            return keys;
        }
        let keys = Arc::new(Keys::of(&self.log_secret, versions));
        self.keys.store(keys.clone());
        Guard::from_inner(keys)
    }
}

impl Keys {
    fn of(log_secret: &[u8; 32], versions: &Arc<SecretVersions>) -> Self {
        let key = |version: &SecretVersion| {
            // The key, padded to SHA-256's block size as HMAC does.
            let (key, mut block) = (version.key(log_secret), hmac::digest::Key::<Hmac<Sha256>>::default());
            block[..key.len()].copy_from_slice(&key);
            Key { number: version.number, keyed: <Hmac<Sha256> as KeyInit>::new(&block) }
        };
        let former = versions.former().map(|(version, end)| (key(version), end)).collect();
        Self { of: versions.clone(), present: key(versions.present()), former }
    }
}

impl Key {
    fn mac(&self, statement: &str) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        mac.update(statement.as_bytes());
        mac
    }
}

/// Reads a statement whose signature is right.
fn read(statement: &str) -> Option<Claim> {
    let mut parts = statement.split('.');
    let version = parts.next()?;
    let id = PersonId::parse(parts.next()?).ok()?;
    let name = String::from_utf8(URL_SAFE_NO_PAD.decode(parts.next()?).ok()?).ok()?;
    let (seconds, holder) = match version {
        "h1" => (0, Holder::Guest { door: 0 }),
        "h2" => {
            let seconds: u64 = parts.next()?.parse().ok()?;
            let holder = match parts.next()? {
                "-" => Holder::Guest { door: parts.next()?.parse().ok()? },
                session => Holder::Account { session: Secret::presented(session) },
            };
            (seconds, holder)
        }
        _ => return None,
    };
    // The token was signed by a server of this log, whose rules for names may have been different.
    let person = Person { id, name: Nickname::received(name) };
    let claim = Claim { person, issued: Timestamp(seconds.saturating_mul(1_000)), holder };
    parts.next().is_none().then_some(claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn claim(holder: Holder) -> Claim {
        let person =
            Person { id: PersonId::from_random([3; 16]), name: "Ada ♥ Löve.lace".parse().unwrap() };
        Claim { person, issued: NOW, holder }
    }

    fn guest() -> Claim {
        claim(Holder::Guest { door: 7 })
    }

    #[test]
    fn token_says_what_was_signed() {
        let (sessions, access) = (Sessions::new([7; 32]), Access::default());
        for claim in [guest(), claim(Holder::Account { session: Secret::make() })] {
            let token = sessions.sign(&access, &claim);
            assert!(
                token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
                "fit for a cookie: {token}"
            );
            let signed = SignedClaim { claim, secret_version: 0 };
            assert_eq!(sessions.check(&access, NOW, &token), Ok(signed));
        }
    }

    #[test]
    fn token_of_an_earlier_version_is_a_guests() {
        let (sessions, access) = (Sessions::new([7; 32]), Access::default());
        let signed = |statement: &str| {
            let signature = sessions.keys(&access).present.mac(statement).finalize().into_bytes();
            format!("{statement}.{}", URL_SAFE_NO_PAD.encode(signature))
        };
        let Claim { person, issued, holder } =
            sessions.check(&access, NOW, &signed("h1.ada1.QWRh")).unwrap().claim;
        assert_eq!((person.id.as_str(), person.name.as_str()), ("ada1", "Ada"));
        assert_eq!((issued, holder), (Timestamp(0), Holder::Guest { door: 0 }));
        for bad in [
            "h1.ada1",
            "h1.ada1.QWRh.1",
            "h2.ada1.QWRh",
            "h2.ada1.QWRh.1",
            "h2.ada1.QWRh.1.-",
            "h2.ada1.QWRh.x.-.1",
            "h2.ada1.QWRh.1.s.1",
            "h3.ada1.QWRh.1.-.1",
        ] {
            assert_eq!(sessions.check(&access, NOW, &signed(bad)), Err(InvalidSession::Forged), "{bad}");
        }
    }

    #[test]
    fn forged_and_damaged_tokens_are_refused() {
        let (sessions, access) = (Sessions::new([7; 32]), Access::default());
        let token = sessions.sign(&access, &guest());
        let forged = token.replacen("h2.", "h2.x", 1);
        let foreign = Sessions::new([8; 32]).sign(&access, &guest());
        let cut = &token[..token.len() - 2];
        for bad in ["", ".", "h2", "h2...", "a.b.c.d", &forged, &foreign, cut] {
            assert_eq!(sessions.check(&access, NOW, bad), Err(InvalidSession::Forged), "{bad}");
        }
    }
}
