//! Unicode rules of all names and texts: normalisation, counting of graphemes, deceptive characters. Without the
//! feature `unicode` (in the browser) texts are not normalised and are measured only in bytes; the server, which always
//! has the feature, validates them.

mod invisible;
mod modifiers;
#[cfg(not(feature = "unicode"))]
#[path = "unicode/no_tables.rs"]
mod tables;
#[cfg(feature = "unicode")]
mod tables;

pub use self::invisible::is_invisible;
pub(crate) use self::invisible::{find_deceptive, is_visible};
pub(crate) use self::modifiers::is_word_joiner;
pub(crate) use self::tables::{is_longer_than, is_mark, lower_case, normalized};

/// Whether `c` changes the direction of the text that follows, even beyond its own line, such as a title in a list.
pub(crate) const fn turns_text(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Removes the choices between text form and emoji form, so that all spellings of an emoji are equal.
pub(crate) fn without_forms(text: &str) -> String {
    // Before normalisation, because a selector keeps the characters around it apart.
    normalized(&text.chars().filter(|&c| !modifiers::is_form_selector(c)).collect::<String>())
}

/// Writes an emoji in its fully qualified form (UTS 51): U+FE0F after each character that would otherwise be drawn as
/// text, unless a skin tone follows, and no other selector of a form.
#[cfg(feature = "unicode")]
pub(crate) fn fully_qualified(emoji: &str) -> String {
    let bare = without_forms(emoji);
    let mut qualified = String::with_capacity(emoji.len());
    let mut rest = bare.chars();
    while let Some(c) = rest.next() {
        qualified.push(c);
        if tables::is_drawn_as_text(c) && !rest.as_str().starts_with(modifiers::is_skin_tone) {
            qualified.push(modifiers::EMOJI_FORM);
        }
    }
    qualified
}

/// Keeps the emoji as given: only the server has the tables.
#[cfg(not(feature = "unicode"))]
pub(crate) fn fully_qualified(emoji: &str) -> String {
    emoji.to_owned()
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
