//! Who speaks: an id that stays and a nickname that may change.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Nickname;
use crate::unicode::checked_word;

checked_word! {
    /// Identifies a person towards everyone: 1 to 32 lower-case ASCII letters and digits. Public; it proves nothing.
    PersonId, InvalidPersonId
}

/// A text is not a person's id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a person's id has 1 to 32 lower-case letters and digits")]
pub struct InvalidPersonId;

impl PersonId {
    /// Checks.
    pub fn parse(text: &str) -> Result<Self, InvalidPersonId> {
        let is_word = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if text.is_empty() || text.len() > 32 || !is_word {
            return Err(InvalidPersonId);
        }
        Ok(Self(text.into()))
    }
}

impl PersonId {
    /// A new id from 16 random bytes, which the caller supplies: 80 bits of them, as letters and digits that are not
    /// easily mistaken for each other.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let id: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        Self(id.into())
    }
}

/// A person as others see them; in an entry, its author as of then.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Stays the same when the nickname changes.
    pub id: PersonId,
    /// What to show.
    pub name: Nickname,
}

impl Person {
    /// Holdline itself: who makes the lobby of a new log.
    pub fn house() -> Self {
        Self::program("holdline")
    }

    /// Who speaks over the classic routes without having said who they are.
    pub fn anonymous() -> Self {
        Self::program("anonymous")
    }

    /// Whoever types into the server's standard input.
    pub fn stdin() -> Self {
        Self::program("stdin")
    }

    /// An author with a fixed id, which is also its name. No session has such an id: those have 16 characters.
    fn program(word: &'static str) -> Self {
        let id = PersonId(word.into());
        Self { name: Nickname::from(&id), id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_words_and_so_are_the_fixed_ones() {
        let id = PersonId::from_random([255; 16]);
        assert_eq!(PersonId::parse(id.as_str()), Ok(id));
        for fixed in [Person::house(), Person::anonymous(), Person::stdin()] {
            assert_eq!(PersonId::parse(fixed.id.as_str()), Ok(fixed.id.clone()));
            assert_eq!(Nickname::parse(fixed.name.as_str()), Ok(fixed.name));
        }
        for bad in ["", "Ada", "a b", "é", &"a".repeat(33)] {
            assert_eq!(PersonId::parse(bad), Err(InvalidPersonId), "{bad:?}");
        }
    }
}
