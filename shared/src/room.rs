//! Room names: lower-case words that are readable in an address bar.

use thiserror::Error;

use crate::limits::{MARKS_IN_A_ROW, ROOM_BYTES, ROOM_GRAPHEMES};
use crate::unicode::{
    checked_word, find_deceptive, is_longer_than, is_mark, is_word_joiner, lower_case, normalized,
    stacks_marks,
};

checked_word! {
    /// A room's name: letters and digits of any script, the joiners that the spelling of some languages needs, `-` and `_`,
    /// beginning with a letter or digit, in lower case and NFC; at most [`ROOM_GRAPHEMES`] characters and [`ROOM_BYTES`] bytes.
    RoomName, InvalidRoomName, 1..=ROOM_BYTES
}

/// The reason why a text is not a room name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidRoomName {
    /// The text is empty.
    #[error("a room name is empty; give it at least one letter or digit")]
    Empty,
    /// The text has more than [`ROOM_GRAPHEMES`] characters or [`ROOM_BYTES`] bytes.
    #[error(
        "a room name is too long; at most {ROOM_GRAPHEMES} characters and {ROOM_BYTES} bytes are allowed"
    )]
    TooLong,
    /// The text begins with `-`, `_` or a combining mark.
    #[error("a room name begins with a letter or digit, not with {}", named(*.0))]
    Start(char),
    /// The text has a character other than letters, digits, `-` and `_`.
    #[error("a room name has letters, digits, '-' and '_' only, not {}", named(*.0))]
    Character(char),
    /// The text has too many combining marks in a row.
    #[error("a room name has more than {MARKS_IN_A_ROW} accents on one letter")]
    Marks,
}

/// Names a character in a sentence: by its code point if it cannot be seen.
fn named(c: char) -> String {
    match c {
        ' ' => "a space".to_owned(),
        c if c.is_whitespace() || c.escape_debug().len() > 2 => {
            format!("the character U+{:04X}", u32::from(c))
        }
        c => format!("'{c}'"),
    }
}

impl RoomName {
    /// Validates and normalises `text`. Upper case becomes lower case, so that `Tea` and `tea` are one room.
    pub fn parse(text: &str) -> Result<Self, InvalidRoomName> {
        if text.len() > ROOM_BYTES * 2 {
            return Err(InvalidRoomName::TooLong);
        }
        let name = normalized(&lower_case(text.trim()));
        let first = name.chars().next().ok_or(InvalidRoomName::Empty)?;
        if name.len() > ROOM_BYTES || is_longer_than(&name, ROOM_GRAPHEMES) {
            return Err(InvalidRoomName::TooLong);
        }
        if !first.is_alphanumeric() {
            return Err(if matches!(first, '-' | '_') || is_mark(first) {
                InvalidRoomName::Start(first)
            } else {
                InvalidRoomName::Character(first)
            });
        }
        let is_part =
            |c: char| c.is_alphanumeric() || matches!(c, '-' | '_') || is_mark(c) || is_word_joiner(c);
        if let Some(c) = name.chars().find(|&c| !is_part(c)).or_else(|| find_deceptive(&name)) {
            return Err(InvalidRoomName::Character(c));
        }
        if stacks_marks(&name, MARKS_IN_A_ROW) {
            return Err(InvalidRoomName::Marks);
        }
        Ok(Self(name.into()))
    }

    /// The room that everybody enters first, and the default of the classic routes.
    pub fn lobby() -> Self {
        Self("lobby".into())
    }

    /// The room of the log's entries about who may do what. No text parses into its name, so no client can request it.
    pub fn reserved_access() -> Self {
        Self("~access".into())
    }

    /// Whether the room is the log's own: nobody reads it as a room, and it does not count as one.
    pub fn is_reserved(&self) -> bool {
        self.0.starts_with('~')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_accepted_in_lower_case() {
        for (given, kept) in [
            ("lobby", "lobby"),
            ("  Tea-Room_2 ", "tea-room_2"),
            ("cafe\u{301}", "café"),
            ("चाय", "चाय"),
            ("हिन्दी", "हिन्दी"),
            ("東京", "東京"),
            ("ÜBER", "über"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("क\u{094D}\u{200D}ष", "क\u{094D}\u{200D}ष"),
            ("അനിവര\u{0D4D}\u{200D}", "അനിവര\u{0D4D}\u{200D}"),
            ("ᠮᠣᠩᠭ\u{180B}ᠣᠯ", "ᠮᠣᠩᠭ\u{180B}ᠣᠯ"),
            ("ᠰᠠᠷᠠᠨ\u{180E}ᠠ", "ᠰᠠᠷᠠᠨ\u{180E}ᠠ"),
        ] {
            assert_eq!(RoomName::parse(given).map(String::from), Ok(kept.to_owned()), "{given:?}");
        }
    }

    #[test]
    fn ambiguous_names_are_refused() {
        use InvalidRoomName::*;
        for (given, why) in [
            ("", Empty),
            ("   ", Empty),
            ("*", Character('*')),
            ("..", Character('.')),
            ("a/b", Character('/')),
            ("tea room", Character(' ')),
            ("-tea", Start('-')),
            ("\u{301}a", Start('\u{301}')),
            ("te\u{200B}a", Character('\u{200B}')),
            ("tea\u{202E}", Character('\u{202E}')),
            ("te\u{3164}a", Character('\u{3164}')),
            ("te\u{200D}a", Character('\u{200D}')),
            ("te\u{200C}a", Character('\u{200C}')),
            ("tea\u{FE0F}", Character('\u{FE0F}')),
            ("\u{200D}tea", Character('\u{200D}')),
            ("می\u{200C}\u{200C}خواهم", Character('\u{200C}')),
            ("👩\u{200D}💻", Character('👩')),
            ("a\u{316}\u{317}\u{318}\u{319}\u{31C}", Marks),
        ] {
            assert_eq!(RoomName::parse(given), Err(why), "{given:?}");
        }
        for (c, shown) in [(' ', "not a space"), ('/', "not '/'"), ('\u{202E}', "not the character U+202E")] {
            assert!(Character(c).to_string().ends_with(shown), "{}", Character(c));
        }
        assert_eq!(RoomName::parse(&"x".repeat(65)), Err(TooLong));
        assert_eq!(RoomName::parse(&"東".repeat(43)), Err(TooLong));
        assert!(RoomName::parse(&"x".repeat(64)).is_ok());
    }

    #[test]
    fn reserved_name_cannot_be_parsed() {
        let access = RoomName::reserved_access();
        assert_eq!(RoomName::parse(access.as_str()), Err(InvalidRoomName::Character('~')));
        assert!(access.is_reserved() && !RoomName::lobby().is_reserved());
    }
}
