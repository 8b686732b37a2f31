//! Characters that draw nothing. Names must not have them, because two different names could look the same, except
//! where the spelling of a language or an emoji needs them: there they change what is drawn.
//!
//! Without the feature `unicode` every character beyond ASCII may need a joiner; the server checks precisely.

use super::modifiers::{EMOJI_FORM, JOINER, MONGOLIAN_VOWEL_SEPARATOR, NON_JOINER, TEXT_FORM, is_skin_tone};
use super::tables::{is_emoji, is_joining_letter, is_joining_transparent, is_pictograph, is_virama};

const KEYCAP: char = '\u{20E3}';
const BLACK_FLAG: char = '\u{1F3F4}';
const END_OF_TAGS: char = '\u{E007F}';

/// Whether `c` changes the direction of the text that follows: legitimate in running text, deceptive in a name.
const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether `c` draws nothing by itself: the characters with the `Default_Ignorable_Code_Point` property of the Unicode
/// Character Database, and those that have an empty glyph without the property: fillers, blanks, joiners of scripts
/// that stack their signs, non-characters.
pub fn is_invisible(c: char) -> bool {
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
            | '\u{FE00}'..='\u{FE0F}'
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

/// Finds the first character that names must not have: a control, a bidi control, or an invisible character where no
/// spelling needs it.
pub(crate) fn find_deceptive(name: &str) -> Option<char> {
    let is_deceptive = |at: usize, c: char| {
        let (before, after) = (&name[..at], &name[at + c.len_utf8()..]);
        c.is_control() || is_bidi_control(c) || (is_invisible(c) && !is_needed(before, c, after))
    };
    name.char_indices().find(|&(at, c)| is_deceptive(at, c)).map(|(_, c)| c)
}

/// Whether `text` has a visible character.
pub(crate) fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !(c.is_whitespace() || c.is_control() || is_bidi_control(c) || is_invisible(c)))
}

/// Whether the text around an invisible character gives it a meaning: as IDNA has it for joiners (RFC 5892, A.1 and A.2),
/// and Unicode for Mongolian and for emoji (UTS 51).
fn is_needed(before: &str, c: char, after: &str) -> bool {
    match c {
        NON_JOINER => before.ends_with(is_virama) || is_between_joining_letters(before, after),
        JOINER => before.ends_with(is_virama) || parts_ra(before, after) || joins_emoji(before, after),
        MONGOLIAN_VOWEL_SEPARATOR => {
            before.trim_end_matches(is_mongolian_selector).ends_with(is_mongolian_letter)
                && after.starts_with(is_mongolian_letter)
        }
        TEXT_FORM | EMOJI_FORM => has_forms(before, after),
        c if is_mongolian_selector(c) => before.ends_with(is_mongolian_letter),
        c if is_tag(c) || c == END_OF_TAGS => is_in_flag(before, c, after),
        _ => false,
    }
}

/// Whether letters that join stand on both sides, as in `می‌خواهم`. RFC 5892 refuses the non-joiner after letters that
/// never join the next one; Persian is typed with it there, too (`مادر‌بزرگ`).
fn is_between_joining_letters(before: &str, after: &str) -> bool {
    before.trim_end_matches(is_joining_transparent).ends_with(is_joining_letter)
        && after.trim_start_matches(is_joining_transparent).starts_with(is_joining_letter)
}

/// Whether a letter RA of Bengali or Kannada is followed by its virama. The joiner keeps RA whole there, as in `র‍্যা`
/// (The Unicode Standard, chapter 12); without one, RA becomes a sign on the next letter.
fn parts_ra(before: &str, after: &str) -> bool {
    [('\u{09B0}', '\u{09CD}'), ('\u{0CB0}', '\u{0CCD}')]
        .iter()
        .any(|&(ra, virama)| before.ends_with(ra) && after.starts_with(virama))
}

/// Whether elements of an emoji sequence stand on both sides: pictographs, the first perhaps with a form or a skin tone.
fn joins_emoji(before: &str, after: &str) -> bool {
    let element = before.strip_suffix(|c| c == EMOJI_FORM || is_skin_tone(c)).unwrap_or(before);
    element.ends_with(is_pictograph) && after.starts_with(is_pictograph)
}

/// Whether the last character has a text form and an emoji form. Digits have them as keycaps alone.
fn has_forms(before: &str, after: &str) -> bool {
    before.ends_with(|c: char| match c {
        '0'..='9' | '#' | '*' => after.starts_with(KEYCAP),
        c => is_emoji(c),
    })
}

/// Whether `c` is part of the flag of a region, such as `🏴󠁧󠁢󠁥󠁮󠁧󠁿`: a black flag, tags, and their end.
fn is_in_flag(before: &str, c: char, after: &str) -> bool {
    let base = before.trim_end_matches(is_tag);
    let is_complete = if c == END_OF_TAGS {
        base.len() < before.len()
    } else {
        after.trim_start_matches(is_tag).starts_with(END_OF_TAGS)
    };
    is_complete && base.ends_with(BLACK_FLAG)
}

/// Whether `c` is a tag of a region's code: a digit or a small letter.
fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}')
}

fn is_mongolian_letter(c: char) -> bool {
    matches!(c, '\u{1820}'..='\u{1878}' | '\u{1880}'..='\u{18AA}')
}

/// Whether `c` selects the shape of the Mongolian letter before it.
fn is_mongolian_selector(c: char) -> bool {
    matches!(c, '\u{180B}'..='\u{180D}' | '\u{180F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_kept_where_a_spelling_needs_them() {
        for name in [
            "علی\u{200C}رضا",
            "سه\u{200C}شنبه",
            "می\u{200C}خواهم",
            "مادر\u{200C}بزرگ",
            "بَ\u{200C}بَ",
            "ܒ\u{200C}ܒ",
            "ߒ\u{200C}ߒ",
            "അനിവര\u{0D4D}\u{200D}",
            "ශ\u{0DCA}\u{200D}රී ලංකා",
            "क\u{094D}\u{200D}ष",
            "क\u{094D}\u{200C}ष",
            "র\u{200D}\u{09CD}যাচেল",
            "ರ\u{200D}\u{0CCD}ಯಾ",
            "ᠮᠣᠩᠭ\u{180B}ᠣᠯ",
            "ᠮ\u{180F}ᠣ",
            "ᠨ\u{180B}\u{200C}ᠨ",
            "ᠰᠠᠷᠠᠨ\u{180E}ᠠ",
            "ᠨ\u{180B}\u{180E}ᠠ",
            "👩\u{200D}💻 Kim",
            "👩🏽\u{200D}💻",
            "🏳\u{FE0F}\u{200D}⚧\u{FE0F}",
            "🏳\u{200D}🌈",
            "👨\u{200D}👩\u{200D}👧",
            "👩🏻\u{200D}❤\u{FE0F}\u{200D}💋\u{200D}👨🏿",
            "🐦\u{200D}⬛",
            "❤\u{FE0F} Kim",
            "☎\u{FE0E}",
            "1\u{FE0F}\u{20E3}",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} Eng",
        ] {
            assert_eq!(find_deceptive(name), None, "{name:?}");
        }
    }

    #[test]
    fn invisible_characters_that_no_spelling_needs_are_found() {
        for (name, found) in [
            ("Ad\u{200D}a", '\u{200D}'),
            ("a\u{200C}b", '\u{200C}'),
            ("\u{200D}Ada", '\u{200D}'),
            ("\u{200D}💻", '\u{200D}'),
            ("\u{200C}رضا", '\u{200C}'),
            ("علی\u{200C}", '\u{200C}'),
            ("علی\u{200C}\u{200C}رضا", '\u{200C}'),
            ("क\u{094D}\u{200D}\u{200D}ष", '\u{200D}'),
            ("👩\u{200D}\u{200D}💻", '\u{200D}'),
            ("👍\u{200D}", '\u{200D}'),
            ("👍\u{200D}a", '\u{200D}'),
            ("a\u{200D}👍", '\u{200D}'),
            ("a\u{E0067}\u{E0062}\u{E007F}", '\u{E0067}'),
            ("👍\u{E0067}\u{E0062}\u{E007F}", '\u{E0067}'),
            ("🏴\u{E007F}", '\u{E007F}'),
            ("🏴\u{E0067}\u{E0062}", '\u{E0067}'),
            ("🏴\u{E0067}a\u{E007F}", '\u{E0067}'),
            ("🏴\u{E0041}\u{E007F}", '\u{E0041}'),
            ("a\u{180B}", '\u{180B}'),
            ("ᠮ\u{180B}\u{180B}", '\u{180B}'),
            ("ᠠ\u{180E}", '\u{180E}'),
            ("Adele\u{FE0F}", '\u{FE0F}'),
            ("Kim 1\u{FE0F}", '\u{FE0F}'),
            ("\u{FE0F}", '\u{FE0F}'),
            ("é\u{200D}é", '\u{200D}'),
            ("я\u{200C}я", '\u{200C}'),
            ("क\u{200C}ष", '\u{200C}'),
            ("क\u{200D}ष", '\u{200D}'),
            ("ب\u{200D}ب", '\u{200D}'),
            ("র\u{200D}য", '\u{200D}'),
            ("я\u{FE0F}", '\u{FE0F}'),
            ("日\u{FE0E}", '\u{FE0E}'),
            ("👍\u{FE0F}\u{FE0F}", '\u{FE0F}'),
            ("🇩🇪\u{200D}🌈", '\u{200D}'),
            ("1\u{FE0F}\u{20E3}\u{200D}🌈", '\u{200D}'),
        ] {
            assert_eq!(find_deceptive(name), Some(found), "{name:?}");
        }
    }
}
