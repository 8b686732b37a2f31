//! Unicode rules of all names and texts: normalisation, counting of graphemes, deceptive characters. Without the
//! feature `unicode` (in the browser) texts are not normalised and are measured only in bytes; the server, which always
//! has the feature, validates them.

/// Whether `c` changes the direction of the text that follows: legitimate in running text, deceptive in a name.
const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether `c` changes the direction of the text that follows, even beyond its own line, such as a title in a list.
pub(crate) const fn turns_text(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether `c` draws nothing, so that two different names could look the same: the characters with the
/// `Default_Ignorable_Code_Point` property of the Unicode Character Database, and those that have an empty glyph
/// without the property: fillers, blanks, joiners of scripts that stack their signs, non-characters. Variation
/// selectors 15 and 16 choose between text and emoji form and are left to the caller.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200D}'
            | '\u{2028}'..='\u{2029}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FDD0}'..='\u{FDEF}'
            | '\u{FE00}'..='\u{FE0D}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFC}'
            | '\u{1107F}'
            | '\u{13430}'..='\u{13442}'
            | '\u{13447}'..='\u{13455}'
            | '\u{16FE4}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D159}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    ) || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Finds the first character that names must not have: a control, a bidi control or an invisible character.
pub(crate) fn find_deceptive(name: &str) -> Option<char> {
    name.chars().find(|&c| c.is_control() || is_bidi_control(c) || is_invisible(c))
}

/// Whether `text` has a visible character.
pub(crate) fn is_visible(text: &str) -> bool {
    text.chars().any(|c| {
        !(c.is_whitespace()
            || c.is_control()
            || is_bidi_control(c)
            || is_invisible(c)
            || matches!(c, '\u{FE0E}' | '\u{FE0F}'))
    })
}

#[cfg(feature = "unicode")]
mod full {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark, is_nfc};
    use unicode_segmentation::UnicodeSegmentation;

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
}

pub(crate) use full::{is_longer_than, is_mark, lower_case, normalized};

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
