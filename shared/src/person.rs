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

/// A person as others see them; in an entry, its author as of then.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Stays the same when the nickname changes.
    pub id: PersonId,
    /// What to show.
    pub name: Nickname,
}
