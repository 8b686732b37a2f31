//! Message texts.

use thiserror::Error;

use crate::limits::{TEXT_BYTES, TEXT_GRAPHEMES};
use crate::unicode::{checked_word, is_longer_than, is_visible, normalized};

checked_word! {
    /// The text of a message: NFC, lines ended by `\n`, no control characters but `\n` and `\t`, at least one visible
    /// character, no white space at the end; at most [`TEXT_GRAPHEMES`] characters and [`TEXT_BYTES`] bytes. Bidi controls
    /// and joiners are kept, because running text needs them; isolate the text when you display it.
    MessageText, InvalidText, 1..=TEXT_BYTES
}

/// The reason why a text is not a message text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidText {
    /// The text has no visible character.
    #[error("a message is empty; it needs at least one visible character")]
    Empty,
    /// The text has more than [`TEXT_GRAPHEMES`] characters or [`TEXT_BYTES`] bytes.
    #[error("a message is too long; at most {TEXT_GRAPHEMES} characters and {TEXT_BYTES} bytes are allowed")]
    TooLong,
    /// The text has a control character.
    #[error("a message cannot hold the control character U+{:04X}", u32::from(*.0))]
    Character(char),
}

impl MessageText {
    /// Validates and normalises `text`.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        if text.len() > TEXT_BYTES * 2 {
            return Err(InvalidText::TooLong);
        }
        let text = normalized(&text.replace("\r\n", "\n").replace('\r', "\n"));
        let text = text.trim_end();
        if let Some(c) = text.chars().find(|&c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(InvalidText::Character(c));
        }
        if !is_visible(text) {
            return Err(InvalidText::Empty);
        }
        if text.len() > TEXT_BYTES || is_longer_than(text, TEXT_GRAPHEMES) {
            return Err(InvalidText::TooLong);
        }
        Ok(Self(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_and_line_breaks_are_kept() {
        for (given, kept) in [
            ("hello", "hello"),
            ("  indented\r\n\tcode  \n\n", "  indented\n\tcode"),
            ("e\u{301}", "é"),
            ("👩‍💻", "👩‍💻"),
            ("\u{200F}שלום", "\u{200F}שלום"),
        ] {
            assert_eq!(MessageText::parse(given).map(String::from), Ok(kept.to_owned()), "{given:?}");
        }
    }

    #[test]
    fn length_is_limited_in_graphemes_and_bytes() {
        assert!(MessageText::parse(&"a".repeat(4_000)).is_ok());
        assert_eq!(MessageText::parse(&"a".repeat(4_001)), Err(InvalidText::TooLong));
        assert!(MessageText::parse(&"🇩🇪".repeat(2_000)).is_ok(), "a flag is one character of eight bytes");
        assert_eq!(MessageText::parse(&"🇩🇪".repeat(2_049)), Err(InvalidText::TooLong), "over the bytes");
    }

    #[test]
    fn empty_texts_and_control_characters_are_refused() {
        assert_eq!(MessageText::parse(" \n\t "), Err(InvalidText::Empty));
        assert_eq!(MessageText::parse("\u{200B}"), Err(InvalidText::Empty));
        assert_eq!(MessageText::parse("a\0b"), Err(InvalidText::Character('\0')));
        assert_eq!(MessageText::parse("\u{1B}[31mred"), Err(InvalidText::Character('\u{1B}')));
    }
}
