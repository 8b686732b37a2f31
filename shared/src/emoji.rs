//! Emoji of reactions: one visible character each.

use thiserror::Error;

use crate::limits::EMOJI_BYTES;
use crate::unicode::{checked_word, is_longer_than, is_visible, normalized};

checked_word! {
    /// An emoji as people count them (a flag, a family or a keycap is one), of at most [`EMOJI_BYTES`] bytes.
    /// Letters of any script are refused. No list of emoji is used, because Unicode adds some every year.
    Emoji, InvalidEmoji, 1..=EMOJI_BYTES
}

/// The reason why a text is not an emoji.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidEmoji {
    /// The text is invisible, a letter or white space.
    #[error("a reaction is one emoji, not text or white space")]
    NotEmoji,
    /// The text has more than one character or more than [`EMOJI_BYTES`] bytes.
    #[error("a reaction is exactly one emoji of at most {EMOJI_BYTES} bytes")]
    TooLong,
}

impl Emoji {
    /// Validates and normalises `text`.
    pub fn parse(text: &str) -> Result<Self, InvalidEmoji> {
        let text = text.trim();
        if text.len() > EMOJI_BYTES {
            return Err(InvalidEmoji::TooLong);
        }
        let emoji = normalized(text);
        // Keycaps such as 1️⃣ begin with a digit but end in U+20E3.
        let is_text = emoji.chars().any(char::is_alphanumeric) && !emoji.ends_with('\u{20E3}');
        if is_text
            || !is_visible(&emoji)
            || emoji.is_ascii()
            || emoji.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return Err(InvalidEmoji::NotEmoji);
        }
        if is_longer_than(&emoji, 1) {
            return Err(InvalidEmoji::TooLong);
        }
        Ok(Self(emoji.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_is_accepted_and_text_is_refused() {
        for good in ["👍", "❤️", "👩‍👩‍👧‍👦", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "✓"]
        {
            assert!(Emoji::parse(good).is_ok(), "{good}");
        }
        for bad in ["", " ", "a", "ab", "é", "<", "\u{200B}", "日", "👍x"] {
            assert_eq!(Emoji::parse(bad), Err(InvalidEmoji::NotEmoji), "{bad:?}");
        }
        assert_eq!(Emoji::parse("👍👍"), Err(InvalidEmoji::TooLong));
    }
}
