//! Unicode rules of all names and texts: normalisation, counting of graphemes, deceptive characters. Without the
//! feature `unicode` (in the browser) texts are not normalised and are measured only in bytes; the server, which always
//! has the feature, validates them.

mod invisible;

/// Whether `c` changes the direction of the text that follows, even beyond its own line, such as a title in a list.
pub(crate) const fn turns_text(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(feature = "unicode")]
mod full {
    use icu_properties::props::{Emoji, EmojiPresentation, ExtendedPictographic, JoiningType};
    use icu_properties::{CodePointMapData, CodePointSetData};
    use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
    use unicode_normalization::{UnicodeNormalization, is_nfc};
    use unicode_segmentation::UnicodeSegmentation;

    use super::invisible::is_skin_tone;

    /// The canonical combining class of viramas, which take the vowel from a letter and join it with the next one.
    const VIRAMA: u8 = 9;

    /// Composes canonically (NFC), so that equal texts have equal bytes.
    pub(crate) fn normalized(text: &str) -> String {
        if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
    }

    pub(crate) fn lower_case(text: &str) -> String {
        text.to_lowercase()
    }

    /// Whether `text` has more than `limit` extended grapheme clusters (UAX #29), which is how people count characters.
    pub(crate) fn is_longer_than(text: &str, limit: usize) -> bool {
        // A grapheme has at least one byte, so the length in bytes decides most cases.
        text.len() > limit && text.graphemes(true).nth(limit).is_some()
    }

    /// Whether `c` is a combining mark, part of the letter before it.
    pub(crate) fn is_mark(c: char) -> bool {
        is_combining_mark(c)
    }

    /// Whether `c` takes the vowel from the letter before it.
    pub(super) fn is_virama(c: char) -> bool {
        canonical_combining_class(c) == VIRAMA
    }

    /// Whether `c` is a letter that changes its shape to join the letters next to it.
    pub(super) fn is_joining_letter(c: char) -> bool {
        let joining = CodePointMapData::<JoiningType>::new().get(c);
        [JoiningType::DualJoining, JoiningType::LeftJoining, JoiningType::RightJoining].contains(&joining)
    }

    /// Whether letters join across `c`, such as a vowel sign.
    pub(super) fn is_joining_transparent(c: char) -> bool {
        CodePointMapData::<JoiningType>::new().get(c) == JoiningType::Transparent
    }

    /// Whether `c` can be an element of a joined emoji, in this version of Unicode or a later one.
    pub(super) fn is_pictograph(c: char) -> bool {
        CodePointSetData::new::<ExtendedPictographic>().contains(c)
    }

    /// Whether `c` is or may become an emoji. Digits are, because of their keycaps.
    pub(super) fn is_emoji(c: char) -> bool {
        CodePointSetData::new::<Emoji>().contains(c) || is_pictograph(c)
    }

    /// Writes an emoji in its fully qualified form (UTS 51): U+FE0F after each character that would otherwise be drawn as
    /// text, unless a skin tone follows, and no other selector of a form.
    pub(crate) fn fully_qualified(emoji: &str) -> String {
        let bare = super::without_forms(emoji);
        let mut qualified = String::with_capacity(emoji.len());
        let mut rest = bare.chars();
        while let Some(c) = rest.next() {
            qualified.push(c);
            let is_drawn_as_text = CodePointSetData::new::<Emoji>().contains(c)
                && !CodePointSetData::new::<EmojiPresentation>().contains(c);
            if is_drawn_as_text && !rest.as_str().starts_with(is_skin_tone) {
                qualified.push('\u{FE0F}');
            }
        }
        qualified
    }
}

#[cfg(not(feature = "unicode"))]
mod full {
    pub(crate) fn normalized(text: &str) -> String {
        text.to_owned()
    }

    pub(crate) fn lower_case(text: &str) -> String {
        // The tables for all scripts are large, and the client has already lowered the name with the browser's.
        text.to_ascii_lowercase()
    }

    pub(crate) fn is_longer_than(_text: &str, _limit: usize) -> bool {
        false
    }

    pub(crate) fn is_mark(c: char) -> bool {
        // An approximation: everything beyond Latin may combine; the server checks precisely.
        c >= '\u{0300}' && !c.is_whitespace()
    }

    /// Whether joiners may stand next to `c`. True wherever the tables say so, too: the client reads every name that the
    /// server accepts.
    fn may_need_joiners(c: char) -> bool {
        !c.is_ascii() && !super::is_word_joiner(c)
    }

    pub(super) fn is_virama(c: char) -> bool {
        may_need_joiners(c)
    }

    pub(super) fn is_joining_letter(c: char) -> bool {
        may_need_joiners(c)
    }

    pub(super) fn is_joining_transparent(_c: char) -> bool {
        false
    }

    pub(super) fn is_pictograph(c: char) -> bool {
        may_need_joiners(c)
    }

    pub(super) fn is_emoji(c: char) -> bool {
        may_need_joiners(c)
    }

    pub(crate) fn fully_qualified(emoji: &str) -> String {
        emoji.to_owned()
    }
}

pub(crate) use full::{fully_qualified, is_longer_than, is_mark, lower_case, normalized};
pub use invisible::is_invisible;
pub(crate) use invisible::{find_deceptive, is_visible, is_word_joiner};

/// Removes the choices between text form and emoji form, so that all spellings of an emoji are equal.
pub(crate) fn without_forms(text: &str) -> String {
    // Before normalisation, because a selector keeps the characters around it apart.
    normalized(&text.chars().filter(|&c| !invisible::is_form_selector(c)).collect::<String>())
}

/// Whether `text` has more than `limit` combining marks in a row.
#[cfg(feature = "unicode")]
pub(crate) fn stacks_marks(text: &str, limit: usize) -> bool {
    let mut run = 0;
    text.chars().any(|c| {
        run = if is_mark(c) { run + 1 } else { 0 };
        run > limit
    })
}

/// Accepts everything: the check needs the Unicode tables, which only the server has.
#[cfg(not(feature = "unicode"))]
pub(crate) fn stacks_marks(_text: &str, _limit: usize) -> bool {
    false
}

/// Declares a newtype over shared text with the traits that all validated strings have; the calling file adds `parse`.
/// The range, in bytes, is the length in the API description, which cannot count characters as people do.
///
/// `parse` validates input from people. Deserialising validates nothing: values in responses and in the log were
/// validated when they were written, perhaps by a newer version with wider rules, and must stay readable.
macro_rules! checked_word {
    ($(#[doc = $doc:literal])* $name:ident, $error:ident, $bytes:expr) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(into = "String")]
        pub struct $name(std::sync::Arc<str>);

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::schemas::text(concat!($($doc, "\n"),*), $bytes)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        impl $name {
            /// The validated text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Accepts a value that a server or the log has validated already. Not for input from people.
            pub fn received(text: impl Into<std::sync::Arc<str>>) -> Self {
                Self(text.into())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::received)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({:?})", stringify!($name), &*self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $error;
            fn from_str(text: &str) -> Result<Self, $error> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, $error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> String {
                word.0.as_ref().to_owned()
            }
        }
    };
}
pub(crate) use checked_word;
