//! Room topics: one line below the room's name.

use thiserror::Error;

use crate::limits::{TOPIC_BYTES, TOPIC_GRAPHEMES};
use crate::unicode::{checked_word, is_longer_than, normalized, turns_text};

checked_word! {
    /// A room's topic: NFC, one line, may be empty; at most [`TOPIC_GRAPHEMES`] characters and [`TOPIC_BYTES`] bytes.
    Topic, InvalidTopic, 0..=TOPIC_BYTES
}

/// The reason why a text is not a topic.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidTopic {
    /// The text has more than [`TOPIC_GRAPHEMES`] characters or [`TOPIC_BYTES`] bytes.
    #[error("this is too long; it can have at most {TOPIC_GRAPHEMES} characters, and {TOPIC_BYTES} bytes")]
    TooLong,
    /// The text has a control character, or one that changes the direction of what follows.
    #[error("this cannot have the invisible character U+{:04X}; remove it", u32::from(*.0))]
    Character(char),
}

impl Topic {
    /// Validates and normalises `text`; line breaks become spaces.
    pub fn parse(text: &str) -> Result<Self, InvalidTopic> {
        if text.len() > TOPIC_BYTES * 2 {
            return Err(InvalidTopic::TooLong);
        }
        let topic = normalized(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        if let Some(c) = topic.chars().find(|c| c.is_control() || turns_text(*c)) {
            return Err(InvalidTopic::Character(c));
        }
        if topic.len() > TOPIC_BYTES || is_longer_than(&topic, TOPIC_GRAPHEMES) {
            return Err(InvalidTopic::TooLong);
        }
        Ok(Self(topic.into()))
    }
}

impl Default for Topic {
    /// The empty topic.
    fn default() -> Self {
        Self("".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topic_is_one_line_of_limited_length() {
        assert_eq!(Topic::parse(" all about \n tea ").map(String::from), Ok("all about tea".to_owned()));
        assert_eq!(Topic::parse(""), Ok(Topic::default()));
        assert_eq!(Topic::parse(&"t".repeat(201)), Err(InvalidTopic::TooLong));
        assert_eq!(Topic::parse("a\0"), Err(InvalidTopic::Character('\0')));
        assert_eq!(Topic::parse("b\u{202E}txt.a"), Err(InvalidTopic::Character('\u{202E}')));
        assert!(Topic::parse("\u{200F}תה").is_ok(), "a mark that draws nothing and turns nothing");
    }
}
