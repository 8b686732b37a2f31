//! The rules without the Unicode tables: approximations that never refuse what the server accepts.

use super::modifiers::is_word_joiner;

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
    !c.is_ascii() && !is_word_joiner(c)
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
