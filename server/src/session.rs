//! Sessions: signed statements of a person's identity, carried by clients. The server stores none.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use holdline_shared::{Nickname, Person, PersonId};
use sha2::Sha256;
use thiserror::Error;

/// Signs and checks sessions with the log's secret (HMAC-SHA-256), so that they are valid on every server of the same
/// log and outlive restarts.
#[derive(Clone)]
pub(crate) struct Sessions {
    /// Keyed in advance, which saves half of the work for each token.
    keyed: Hmac<Sha256>,
}

/// The token is damaged, forged or from another deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this session was not issued here or is damaged; POST to /api/v1/session for a new one")]
pub(crate) struct InvalidSession;

impl Sessions {
    /// Makes the sessions of a log with this secret.
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        // The secret, padded to SHA-256's block size as HMAC does.
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block[..secret.len()].copy_from_slice(&secret);
        Self { keyed: <Hmac<Sha256> as KeyInit>::new(&block) }
    }

    /// Signs a person's token: `h1.ID.NICKNAME.SIGNATURE`.
    pub(crate) fn sign(&self, person: &Person) -> String {
        let name = URL_SAFE_NO_PAD.encode(person.name.as_str());
        let claim = format!("h1.{}.{name}", person.id);
        let signature = URL_SAFE_NO_PAD.encode(self.mac(&claim).finalize().into_bytes());
        format!("{claim}.{signature}")
    }

    /// Checks a token, and returns its person.
    pub(crate) fn check(&self, token: &str) -> Result<Person, InvalidSession> {
        let (claim, signature) = token.rsplit_once('.').ok_or(InvalidSession)?;
        let mut bytes = [0; 32];
        let length = URL_SAFE_NO_PAD.decode_slice(signature, &mut bytes).map_err(|_| InvalidSession)?;
        self.mac(claim).verify_slice(&bytes[..length]).map_err(|_| InvalidSession)?;
        let mut parts = claim.split('.');
        let (Some("h1"), Some(id), Some(name), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidSession);
        };
        let name = URL_SAFE_NO_PAD
            .decode(name)
            .ok()
            .and_then(|name| String::from_utf8(name).ok())
            .ok_or(InvalidSession)?;
        Ok(Person {
            id: PersonId::parse(id).map_err(|_| InvalidSession)?,
            // The token was signed by a server of this log, whose rules for names may have been different.
            name: Nickname::received(name),
        })
    }

    fn mac(&self, claim: &str) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        mac.update(claim.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Person {
        Person { id: PersonId::from_random([3; 16]), name: "Ada ♥ Löve.lace".parse().unwrap() }
    }

    #[test]
    fn token_names_its_person() {
        let sessions = Sessions::new([7; 32]);
        let token = sessions.sign(&ada());
        assert!(
            token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
            "fit for a cookie: {token}"
        );
        let person = ada();
        assert_eq!(sessions.check(&sessions.sign(&person)), Ok(person));
    }

    #[test]
    fn forged_and_damaged_tokens_are_refused() {
        let sessions = Sessions::new([7; 32]);
        let token = sessions.sign(&ada());
        let forged = token.replacen("h1.", "h1.x", 1);
        let foreign = Sessions::new([8; 32]).sign(&ada());
        let cut = &token[..token.len() - 2];
        for bad in ["", ".", "h1", "h1...", "a.b.c.d", &forged, &foreign, cut] {
            assert_eq!(sessions.check(bad), Err(InvalidSession), "{bad}");
        }
    }
}
