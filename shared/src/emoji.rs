//! Emoji of reactions: one visible character each.

use thiserror::Error;

use crate::limits::EMOJI_BYTES;
use crate::unicode::{
    checked_word, find_deceptive, fully_qualified, is_longer_than, is_visible, without_forms,
};

checked_word! {
    /// An emoji as people count them (a flag, a family or a keycap is one), of at most [`EMOJI_BYTES`] bytes.
    /// Letters of any script are refused. No list of emoji is used, because Unicode adds some every year. The spelling is
    /// the fully qualified one of Unicode (UTS 51), so that an emoji with and without U+FE0F is one; logs of earlier
    /// versions have other spellings, too.
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
        if text.len() > EMOJI_BYTES * 2 {
            return Err(InvalidEmoji::TooLong);
        }
        let (emoji, bare) = (fully_qualified(text), without_forms(text));
        // Keycaps such as 1️⃣ begin with a digit but end in U+20E3.
        let is_text =
            bare.chars().any(|c| c.is_alphanumeric() && !is_emoji_letter(c)) && !bare.ends_with('\u{20E3}');
        if is_text
            || !is_visible(&bare)
            || bare.is_ascii()
            || bare.chars().any(char::is_whitespace)
            || find_deceptive(&emoji).is_some()
        {
            return Err(InvalidEmoji::NotEmoji);
        }
        if emoji.len() > EMOJI_BYTES || is_longer_than(&emoji, 1) {
            return Err(InvalidEmoji::TooLong);
        }
        Ok(Self(emoji.into()))
    }

    /// Whether both are one emoji, perhaps in different spellings.
    pub fn is_same_as(&self, other: &Self) -> bool {
        without_forms(&self.0) == without_forms(&other.0)
    }
}

/// Whether `c` is an emoji that Unicode counts among the letters, too: ℹ️ Ⓜ️ 🅰️ 🅱️ 🅾️ 🅿️.
fn is_emoji_letter(c: char) -> bool {
    matches!(c, '\u{2139}' | '\u{24C2}' | '\u{1F170}'..='\u{1F171}' | '\u{1F17E}'..='\u{1F17F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_is_accepted_and_text_is_refused() {
        for good in ["👍", "❤️", "👩‍👩‍👧‍👦", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "✓", "ℹ️", "🅰️", "Ⓜ️"]
        {
            assert!(Emoji::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            " ",
            "a",
            "ab",
            "é",
            "<",
            "\u{200B}",
            "日",
            "👍x",
            "1",
            "1\u{FE0F}",
            "#\u{FE0F}",
            "\u{FE0F}",
            "👍\u{200D}",
            "👍\u{200B}",
            "🏴\u{E0067}",
        ] {
            assert_eq!(Emoji::parse(bad), Err(InvalidEmoji::NotEmoji), "{bad:?}");
        }
        assert_eq!(Emoji::parse("👍👍"), Err(InvalidEmoji::TooLong));
    }

    #[test]
    fn spellings_of_one_emoji_are_equal() {
        for (spellings, kept) in [
            (vec!["❤", "❤\u{FE0F}", "❤\u{FE0E}", "❤\u{FE0F}\u{FE0F}"], "❤\u{FE0F}"),
            (vec!["👍", "👍\u{FE0F}", "👍\u{FE0E}"], "👍"),
            (vec!["☺", "☺\u{FE0F}"], "☺\u{FE0F}"),
            (vec!["✌", "✌\u{FE0F}"], "✌\u{FE0F}"),
            (vec!["✌🏽", "✌\u{FE0F}🏽"], "✌🏽"),
            (vec!["1\u{20E3}", "1\u{FE0F}\u{20E3}"], "1\u{FE0F}\u{20E3}"),
            (vec!["🏳\u{200D}🌈", "🏳\u{FE0F}\u{200D}🌈"], "🏳\u{FE0F}\u{200D}🌈"),
            (vec!["❤\u{200D}🔥", "❤\u{FE0F}\u{200D}🔥"], "❤\u{FE0F}\u{200D}🔥"),
            (vec!["👁\u{200D}🗨", "👁\u{FE0F}\u{200D}🗨", "👁\u{200D}🗨\u{FE0F}"], "👁\u{FE0F}\u{200D}🗨\u{FE0F}"),
            (vec!["🕵\u{200D}♂", "🕵\u{200D}♂\u{FE0F}"], "🕵\u{FE0F}\u{200D}♂\u{FE0F}"),
            (vec!["🕵🏽\u{200D}♂"], "🕵🏽\u{200D}♂\u{FE0F}"),
            (vec!["☎", "☎\u{FE0E}"], "☎\u{FE0F}"),
            (vec!["✓", "✓\u{FE0E}"], "✓"),
        ] {
            let canonical = Emoji::received(kept);
            for spelling in spellings.into_iter().chain([kept]) {
                assert_eq!(Emoji::parse(spelling).as_ref(), Ok(&canonical), "{spelling:?}");
                assert!(Emoji::received(spelling).is_same_as(&canonical), "{spelling:?}");
            }
        }
        assert!(!Emoji::received("❤").is_same_as(&Emoji::received("🧡")));
    }

    #[test]
    fn emoji_that_the_page_offers_are_canonical() {
        let (_, offered) =
            include_str!("../../frontend/src/words.rs").split_once("pub const REACTIONS").unwrap();
        let (offered, _) = offered.split_once("];\n").unwrap();
        let offered: Vec<&str> =
            offered.lines().filter_map(|line| line.trim().strip_prefix("(\"")?.split('"').next()).collect();
        assert_eq!(offered.len(), 6);
        for emoji in offered {
            assert_eq!(Emoji::parse(emoji), Ok(Emoji::received(emoji)), "{emoji}");
        }
    }
}
