//! Finds links and code in a message's text. Nothing else is markup: all other text is shown as it was typed.

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text as it is.
    Text(&'a str),
    /// Code between backticks, including them.
    Code(&'a str),
    /// An `http` or `https` address.
    Link(&'a str),
}

/// Splits `text` into pieces, which joined together are the text again.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((start, end)) = find_code(rest) {
        push_links(&rest[..start], &mut pieces);
        pieces.push(Piece::Code(&rest[start..end]));
        rest = &rest[end..];
    }
    push_links(rest, &mut pieces);
    pieces
}

/// The length of a run of backticks from which the code between two of them may have several lines.
const FENCE: usize = 3;

/// Finds the first code span. One or two backticks lead to as many on the same line, three or more to at least as many
/// on any line.
fn find_code(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some((start, after)) = find_ticks(text, from) {
        let (ticks, is_fence) = (after - start, after - start >= FENCE);
        let mut inner = after;
        while let Some((end, behind)) = find_ticks(text, inner) {
            if !is_fence && text[inner..end].contains('\n') {
                break;
            }
            if behind - end == ticks || (is_fence && behind - end > ticks) {
                return Some((start, behind));
            }
            inner = behind;
        }
        from = after;
    }
    None
}

/// Finds the first run of backticks at or after `from`.
fn find_ticks(text: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + text[from..].find('`')?;
    Some((start, start + text[start..].bytes().take_while(|byte| *byte == b'`').count()))
}

fn push_links<'a>(text: &'a str, pieces: &mut Vec<Piece<'a>>) {
    let (mut done, mut from) = (0, 0);
    while let Some(start) = find_scheme(text, from) {
        let end = start + link_length(&text[start..], text[..start].chars().next_back());
        // In scripts without spaces between words, a link may follow a letter directly.
        let begins_word = !text[..start].ends_with(|c: char| c.is_alphanumeric() && !has_no_spaces(c));
        if begins_word && has_host(&text[start..end]) {
            if done < start {
                pieces.push(Piece::Text(&text[done..start]));
            }
            pieces.push(Piece::Link(&text[start..end]));
            done = end;
        }
        from = end;
    }
    if done < text.len() {
        pieces.push(Piece::Text(&text[done..]));
    }
}

/// Whether `c` is a letter of Chinese, Japanese, Korean, Thai, Lao, Khmer or Burmese, whose words have no spaces
/// between them.
fn has_no_spaces(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}' | '\u{2E80}'..='\u{9FFF}'
        | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Whether `c` ends a link wherever it stands: spaces, quotes, dashes, brackets and punctuation of other scripts, and
/// controls that would display another address than the link opens.
fn ends_link(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_quote(c) || is_foreign_punctuation(c) || is_invisible(c)
}

fn is_quote(c: char) -> bool {
    matches!(c, '<' | '>' | '"' | '`' | '«' | '»' | '\u{2018}'..='\u{201F}' | '‹' | '›')
}

/// Whether `c` is punctuation that no address needs: a dash or an ellipsis, a bracket or a sentence's mark of a script
/// that has its own.
fn is_foreign_punctuation(c: char) -> bool {
    match c {
        // Chinese and Japanese, except what stands within words, like 々.
        '\u{3000}'..='\u{303F}' => !c.is_alphanumeric(),
        // Brackets of ornaments, of mathematics, and as wide as a letter.
        '\u{2768}'..='\u{2775}' | '\u{27E6}'..='\u{27EF}' | '\u{2983}'..='\u{2998}' | '｛'..='､' => true,
        c => FOREIGN_PUNCTUATION.contains(c),
    }
}

/// Dashes, the ellipsis, an angle bracket and its pair; marks of Greek, Armenian, Arabic, Urdu, Hindi, Tibetan,
/// Burmese, Ethiopic, Khmer and Mongolian; those of Chinese and Japanese that are as wide as a letter.
const FOREIGN_PUNCTUATION: &str = "—―…\u{2329}\u{232A}\u{37E}\u{55C}\u{55D}\u{55E}\u{589}\u{60C}\u{61B}\u{61F}\u{6D4}\
    \u{964}\u{965}\u{F0D}\u{104A}\u{104B}\u{1362}\u{1363}\u{1364}\u{1365}\u{1366}\u{1367}\u{1368}\u{17D4}\u{17D5}\
    \u{1802}\u{1803}！（），．：；？［］";

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

fn find_scheme(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = text.as_bytes()[at..].windows(3).position(|three| three == b"://") {
        for scheme in ["https", "http"] {
            let start = (at + found).checked_sub(scheme.len()).filter(|&start| start >= from);
            if let Some(start) = start
                && text.get(start..at + found).is_some_and(|word| word.eq_ignore_ascii_case(scheme))
            {
                return Some(start);
            }
        }
        at += found + 3;
    }
    None
}

/// Returns the length of the link at the start of `text`, without the punctuation of the sentence around it. `before`
/// is the character before the link.
fn link_length(text: &str, before: Option<char>) -> usize {
    let link = &text[..text.find(ends_link).unwrap_or(text.len())];
    let link = &link[..host_end(link)];
    let link = &link[..brackets_end(link)];
    without_particle(without_loose_end(link, before)).len()
}

/// Removes punctuation at the end, and the emphasis that began before the link.
fn without_loose_end(link: &str, before: Option<char>) -> &str {
    let emphasis = before.filter(|c| matches!(c, '_' | '~' | '|'));
    link.trim_end_matches(|c| {
        matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '–' | '·' | '•' | '‧' | '・' | '･')
            || Some(c) == emphasis
    })
}

/// Returns the position of the first closing bracket that was not opened in the link.
fn brackets_end(link: &str) -> usize {
    let mut open = Vec::new();
    for (at, c) in link.char_indices() {
        if let Some(kind) = "([{".find(c) {
            open.push(kind);
        } else if let Some(kind) = ")]}".find(c) {
            let Some(opened) = open.iter().rposition(|open| *open == kind) else { return at };
            open.truncate(opened);
        }
    }
    link.len()
}

/// Returns the end of the link, which is within the host if the next word of the sentence follows there without a
/// space: no name of a top-level domain and no port begins in ASCII and goes on in a script without spaces.
fn host_end(link: &str) -> usize {
    let start = link.find("//").map_or(0, |at| at + 2);
    let end = link[start..].find(['/', '?', '#', '\\', '@']).map_or(link.len(), |at| start + at);
    if link[end..].starts_with('@') {
        return link.len();
    }
    let label = link[start..end].rfind(['.', ':', ']']).map_or(start, |at| start + at + 1);
    let next_word = link[label..end].find(|c| has_no_spaces(c) || is_symbol(c));
    match next_word.map(|at| label + at) {
        Some(next_word) if next_word > label && link[label..next_word].is_ascii() => next_word,
        _ => link.len(),
    }
}

/// Whether `c` is an emoji or another sign that stands between words.
fn is_symbol(c: char) -> bool {
    (c == '·' || c >= '\u{2000}') && !c.is_alphanumeric()
}

/// Removes a Korean or Japanese particle, or symbols, that follow an ASCII letter or digit at the end. A name in these
/// scripts may follow one, too (`/wiki/LG전자`), so everything else belongs to the link.
fn without_particle(link: &str) -> &str {
    let Some(at) = link.find(|c: char| !c.is_ascii()) else { return link };
    let (address, tail) = link.split_at(at);
    // The Japanese mark of an object is nothing else, so that a verb may follow it.
    let is_said = tail.starts_with('を')
        || PARTICLES.split(' ').any(|particle| particle == tail)
        || tail.chars().all(is_symbol);
    if is_said && address.ends_with(|c: char| c.is_ascii_alphanumeric()) { address } else { link }
}

/// The particles that Korean and Japanese append to a word.
const PARTICLES: &str = "은 는 이 가 을 를 에 의 로 으로 도 만 와 과 랑 이랑 나 이나 에서 에는 에도 에서는 에서도 으로는 로는 까지 부터 \
    에게 한테 처럼 보다 하고 라고 이라고 라는 이라는 이고 인데 입니다 이에요 예요 이야 야 は が に で と も の へ や から まで より です でした";

fn has_host(link: &str) -> bool {
    let host = link.bytes().position(|byte| byte == b'/').map(|slash| slash + 2);
    host.and_then(|host| link.get(host..)?.chars().next()).is_some_and(|c| c.is_alphanumeric() || c == '[')
}

#[cfg(test)]
mod tests;
