//! People: a permanent id and a nickname that may change.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Nickname;
use crate::unicode::checked_word;

checked_word! {
    /// A person's public identifier: 1 to 32 lower-case ASCII letters and digits. Not a secret; it authenticates nobody.
    PersonId, InvalidPersonId, 1..=32
}

/// The error for a text that is not a person's id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a person's id has 1 to 32 lower-case letters and digits")]
pub struct InvalidPersonId;

impl PersonId {
    /// Validates `text`.
    pub fn parse(text: &str) -> Result<Self, InvalidPersonId> {
        let is_word = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if text.is_empty() || text.len() > 32 || !is_word {
            return Err(InvalidPersonId);
        }
        Ok(Self(text.into()))
    }
}

/// The letters and digits of random ids, without those that are easily mistaken for each other.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

impl PersonId {
    /// Makes a new id of 80 random bits from 16 random bytes, which the caller supplies.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let id: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        Self(id.into())
    }

    /// Whether [`from_random`](Self::from_random) could have made `text`, so that it would be taken for somebody's id.
    pub fn is_like_random(text: &str) -> bool {
        text.len() == 16 && text.bytes().all(|byte| ALPHABET.contains(&byte))
    }
}

impl From<&PersonId> for Nickname {
    /// Uses the id as a nickname; every id is a valid one.
    fn from(id: &PersonId) -> Self {
        Self::received(id.as_str())
    }
}

/// A person as others see them; in an entry, the author by their name at that time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// The permanent identifier.
    pub id: PersonId,
    /// The displayed name.
    pub name: Nickname,
}

impl Person {
    /// The name that replaces an erased person's.
    pub const ERASED: &'static str = "deleted person";

    /// Holdline itself, the author of the lobby in a new log.
    pub fn house() -> Self {
        Self::program("holdline")
    }

    /// The author of messages sent over the classic routes without a session.
    pub fn anonymous() -> Self {
        Self::program("anonymous")
    }

    /// The author of messages from the server's standard input.
    pub fn stdin() -> Self {
        Self::program("stdin")
    }

    /// Whether the account of this author was erased. Nobody else can have that name.
    pub fn is_erased(&self) -> bool {
        self.name.as_str() == Self::ERASED
    }

    /// An author with a fixed id, which is also the name. No session has such an id: session ids have 16 characters.
    fn program(word: &'static str) -> Self {
        let id = PersonId(word.into());
        Self { name: Nickname::from(&id), id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_and_fixed_ids_are_valid() {
        let id = PersonId::from_random([255; 16]);
        assert_eq!(PersonId::parse(id.as_str()), Ok(id.clone()));
        assert!(PersonId::is_like_random(id.as_str()) && !PersonId::is_like_random("holdline"));
        for fixed in [Person::house(), Person::anonymous(), Person::stdin()] {
            assert_eq!(PersonId::parse(fixed.id.as_str()), Ok(fixed.id.clone()));
            assert_eq!(Nickname::parse(fixed.name.as_str()), Ok(fixed.name));
        }
        for bad in ["", "Ada", "a b", "é", &"a".repeat(33)] {
            assert_eq!(PersonId::parse(bad), Err(InvalidPersonId), "{bad:?}");
        }
    }
}
