//! Nicknames: one visible line, with nothing in it that imitates or hides.

use thiserror::Error;

use crate::PersonId;
use crate::limits::{MARKS_IN_A_ROW, NICKNAME_BYTES, NICKNAME_GRAPHEMES};
use crate::unicode::{checked_word, find_trick, is_longer_than, is_visible, normalized, stacks_marks};

checked_word! {
    /// The name under which a person speaks: NFC, one line, single spaces inside, none around; at most
    /// [`NICKNAME_GRAPHEMES`] characters and [`NICKNAME_BYTES`] bytes. Nicknames are not unique; people are told apart
    /// by [`PersonId`](crate::PersonId).
    Nickname, InvalidNickname
}

/// Why a text is not a nickname.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidNickname {
    /// Nothing to be seen.
    #[error("a nickname is empty; give it at least one visible character")]
    Empty,
    /// More than [`NICKNAME_GRAPHEMES`] characters or [`NICKNAME_BYTES`] bytes.
    #[error(
        "a nickname is too long; at most {NICKNAME_GRAPHEMES} characters and {NICKNAME_BYTES} bytes are allowed"
    )]
    TooLong,
    /// A control, bidi or invisible character.
    #[error("a nickname cannot hold the invisible or control character U+{:04X}", u32::from(*.0))]
    Character(char),
    /// Marks piled upon marks.
    #[error("a nickname has more than {MARKS_IN_A_ROW} accents on one letter")]
    Marks,
}

impl Nickname {
    /// Checks and normalises.
    pub fn parse(text: &str) -> Result<Self, InvalidNickname> {
        if text.len() > NICKNAME_BYTES * 2 {
            return Err(InvalidNickname::TooLong);
        }
        let name = normalized(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        if let Some(c) = find_trick(&name) {
            return Err(InvalidNickname::Character(c));
        }
        if !is_visible(&name) {
            return Err(InvalidNickname::Empty);
        }
        if name.len() > NICKNAME_BYTES || is_longer_than(&name, NICKNAME_GRAPHEMES) {
            return Err(InvalidNickname::TooLong);
        }
        if stacks_marks(&name, MARKS_IN_A_ROW) {
            return Err(InvalidNickname::Marks);
        }
        Ok(Self(name.into()))
    }
}

impl From<&PersonId> for Nickname {
    /// Every id would do as a nickname.
    fn from(id: &PersonId) -> Self {
        Self(id.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_people_call_themselves() {
        for (given, kept) in [
            ("Ada", "Ada"),
            ("  Ada \t Lovelace\n", "Ada Lovelace"),
            ("Zoe\u{308}", "Zoë"),
            ("李小龍", "李小龍"),
            ("नेहा", "नेहा"),
            ("❤️ Kim", "❤️ Kim"),
        ] {
            assert_eq!(Nickname::parse(given).map(String::from), Ok(kept.to_owned()), "{given:?}");
        }
        assert!(Nickname::parse(&"é".repeat(32)).is_ok());
        assert!(Nickname::parse(&"e\u{301}".repeat(32)).is_ok(), "counted after composition");
    }

    #[test]
    fn refuses_disguises() {
        use InvalidNickname::*;
        for (given, why) in [
            ("", Empty),
            (" \u{FE0F} ", Empty),
            ("Ad\u{200B}a", Character('\u{200B}')),
            ("\u{202E}adA", Character('\u{202E}')),
            ("Ada\u{7}", Character('\u{7}')),
            ("A\u{316}\u{317}\u{318}\u{319}\u{31C}", Marks),
        ] {
            assert_eq!(Nickname::parse(given), Err(why), "{given:?}");
        }
        assert_eq!(Nickname::parse(&"a".repeat(33)), Err(TooLong));
    }
}
