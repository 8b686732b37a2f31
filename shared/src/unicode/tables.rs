//! The rules that need the Unicode tables.

use icu_properties::props::{Emoji, EmojiPresentation, ExtendedPictographic, JoiningType};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_segmentation::UnicodeSegmentation;

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

/// Whether `c` is an emoji that is drawn as text unless a selector follows.
pub(super) fn is_drawn_as_text(c: char) -> bool {
    CodePointSetData::new::<Emoji>().contains(c) && !CodePointSetData::new::<EmojiPresentation>().contains(c)
}
