//! Characters that change how the characters beside them are drawn.

pub(super) const NON_JOINER: char = '\u{200C}';
pub(super) const JOINER: char = '\u{200D}';
pub(super) const TEXT_FORM: char = '\u{FE0E}';
pub(super) const EMOJI_FORM: char = '\u{FE0F}';
pub(super) const MONGOLIAN_VOWEL_SEPARATOR: char = '\u{180E}';

/// Whether `c` may be needed inside a word: the joiners and the vowel separator, which are neither letters nor marks.
pub(crate) const fn is_word_joiner(c: char) -> bool {
    matches!(c, NON_JOINER | JOINER | MONGOLIAN_VOWEL_SEPARATOR)
}

/// Whether `c` chooses between the text form and the emoji form of the character before it.
pub(super) const fn is_form_selector(c: char) -> bool {
    matches!(c, TEXT_FORM | EMOJI_FORM)
}

/// Whether `c` is an emoji modifier.
pub(super) fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}
