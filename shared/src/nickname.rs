//! Nicknames: one visible line without deceptive characters, and without invisible ones that no spelling needs.

use thiserror::Error;

use crate::limits::{MARKS_IN_A_ROW, NICKNAME_BYTES, NICKNAME_GRAPHEMES};
use crate::unicode::{checked_word, find_deceptive, is_longer_than, is_visible, normalized, stacks_marks};

checked_word! {
    /// A person's displayed name: NFC, one line, single spaces inside, none at the ends; at most [`NICKNAME_GRAPHEMES`]
    /// characters and [`NICKNAME_BYTES`] bytes. Nicknames are not unique; [`PersonId`](crate::PersonId) is.
    Nickname, InvalidNickname, 1..=NICKNAME_BYTES
}

/// The reason why a text is not a nickname.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidNickname {
    /// The text has no visible character.
    #[error("a nickname is empty; give it at least one visible character")]
    Empty,
    /// The text has more than [`NICKNAME_GRAPHEMES`] characters or [`NICKNAME_BYTES`] bytes.
    #[error(
        "a nickname is too long; at most {NICKNAME_GRAPHEMES} characters and {NICKNAME_BYTES} bytes are allowed"
    )]
    TooLong,
    /// The text has a control or bidi character, or an invisible one where no spelling needs it.
    #[error("a nickname cannot hold the invisible or control character U+{:04X}", u32::from(*.0))]
    Character(char),
    /// The text has too many combining marks in a row.
    #[error("a nickname has more than {MARKS_IN_A_ROW} accents on one letter")]
    Marks,
}

impl Nickname {
    /// Validates and normalises `text`.
    pub fn parse(text: &str) -> Result<Self, InvalidNickname> {
        if text.len() > NICKNAME_BYTES * 2 {
            return Err(InvalidNickname::TooLong);
        }
        let name = normalized(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        if !is_visible(&name) {
            return Err(InvalidNickname::Empty);
        }
        if let Some(c) = find_deceptive(&name) {
            return Err(InvalidNickname::Character(c));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_accepted_and_normalised() {
        for (given, kept) in [
            ("Ada", "Ada"),
            ("  Ada \t Lovelace\n", "Ada Lovelace"),
            ("Zoe\u{308}", "Zoë"),
            ("李小龍", "李小龍"),
            ("नेहा", "नेहा"),
            ("❤️ Kim", "❤️ Kim"),
            ("علی\u{200C}رضا", "علی\u{200C}رضا"),
            ("അനിവര\u{0D4D}\u{200D}", "അനിവര\u{0D4D}\u{200D}"),
            ("👩\u{200D}💻 Kim", "👩\u{200D}💻 Kim"),
            ("ශ\u{0DCA}\u{200D}රී  ලංකා", "ශ\u{0DCA}\u{200D}රී ලංකා"),
        ] {
            assert_eq!(Nickname::parse(given).map(String::from), Ok(kept.to_owned()), "{given:?}");
        }
        assert!(Nickname::parse(&"é".repeat(32)).is_ok());
        assert!(Nickname::parse(&"e\u{301}".repeat(32)).is_ok(), "counted after composition");
    }

    #[test]
    fn deceptive_names_are_refused() {
        use InvalidNickname::*;
        for (given, why) in [
            ("", Empty),
            (" \u{FE0F} ", Empty),
            ("\u{200D}", Empty),
            ("Ad\u{200B}a", Character('\u{200B}')),
            ("Ad\u{200D}a", Character('\u{200D}')),
            ("\u{202E}adA", Character('\u{202E}')),
            ("Ada\u{7}", Character('\u{7}')),
            ("A\u{316}\u{317}\u{318}\u{319}\u{31C}", Marks),
        ] {
            assert_eq!(Nickname::parse(given), Err(why), "{given:?}");
        }
        assert_eq!(Nickname::parse(&"a".repeat(33)), Err(TooLong));
    }

    #[test]
    fn characters_that_draw_nothing_are_refused() {
        for c in [
            '\u{AD}',
            '\u{34F}',
            '\u{61C}',
            '\u{115F}',
            '\u{1160}',
            '\u{17B4}',
            '\u{180E}',
            '\u{200B}',
            '\u{200D}',
            '\u{200F}',
            '\u{202E}',
            '\u{2060}',
            '\u{2065}',
            '\u{2069}',
            '\u{2800}',
            '\u{3164}',
            '\u{FDD0}',
            '\u{FE00}',
            '\u{FEFF}',
            '\u{FFA0}',
            '\u{FFF9}',
            '\u{FFFC}',
            '\u{FFFE}',
            '\u{1107F}',
            '\u{13430}',
            '\u{13441}',
            '\u{16FE4}',
            '\u{1BCA0}',
            '\u{1D159}',
            '\u{1D173}',
            '\u{1FFFF}',
            '\u{E0001}',
            '\u{E0100}',
        ] {
            let name = format!("Adele{c}");
            assert_eq!(Nickname::parse(&name), Err(InvalidNickname::Character(c)), "{name:?}");
        }
    }
}
