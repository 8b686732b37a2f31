//! Finds links and code in a message's text. Nothing else is markup: everything is shown as it was typed.

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

/// Finds the first code span: from three backticks to the next three, or from one to the next one on the same line.
fn find_code(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(start) = text[from..].find('`').map(|at| from + at) {
        let ticks = text[start..].bytes().take_while(|byte| *byte == b'`').count();
        let (fence, after) = if ticks >= 3 { ("```", start + 3) } else { ("`", start + 1) };
        let end = text[after..].find(fence).map(|at| after + at);
        if let Some(end) = end.filter(|&end| end > after && (ticks >= 3 || !text[after..end].contains('\n')))
        {
            return Some((start, end + fence.len()));
        }
        from = start + ticks;
    }
    None
}

fn push_links<'a>(text: &'a str, pieces: &mut Vec<Piece<'a>>) {
    let (mut done, mut from) = (0, 0);
    while let Some(start) = find_scheme(text, from) {
        let end = start + link_length(&text[start..]);
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

/// Whether `c` ends a link wherever it stands: spaces, quotes, brackets and punctuation of scripts without spaces, and
/// controls that would display another address than the link opens.
fn ends_link(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '’')
        || matches!(
            c,
            '\u{3000}'
                ..='\u{303F}'
                    | '\u{FF01}'
                    | '\u{FF08}'
                    | '\u{FF09}'
                    | '\u{FF0C}'
                    | '\u{FF1A}'
                    | '\u{FF1B}'
                    | '\u{FF1F}'
        )
        || matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
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

/// Returns the length of the link at the start of `text`, without the punctuation of the sentence around it.
fn link_length(text: &str) -> usize {
    let end = text.find(ends_link).unwrap_or(text.len());
    let mut link = &text[..end];
    while let Some(last) = link.chars().next_back() {
        let is_loose = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '…' => true,
            ')' => link.matches(')').count() > link.matches('(').count(),
            ']' => link.matches(']').count() > link.matches('[').count(),
            _ => false,
        };
        if !is_loose {
            break;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    link.len()
}

fn has_host(link: &str) -> bool {
    let host = link.bytes().position(|byte| byte == b'/').map(|slash| slash + 2);
    host.and_then(|host| link.get(host..)?.chars().next()).is_some_and(|c| c.is_alphanumeric() || c == '[')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[Piece<'_>]) {
        let found = pieces(text);
        assert_eq!(found, expected, "{text:?}");
        let joined: String = found
            .iter()
            .map(|piece| match piece {
                Piece::Text(t) | Piece::Code(t) | Piece::Link(t) => *t,
            })
            .collect();
        assert_eq!(joined, text);
    }

    #[test]
    fn finds_links_and_leaves_the_sentence_around_them() {
        use Piece::{Link, Text};
        check("hello", &[Text("hello")]);
        check("", &[]);
        check("https://a.example", &[Link("https://a.example")]);
        check(
            "see https://a.example/x?y=1#z.",
            &[Text("see "), Link("https://a.example/x?y=1#z"), Text(".")],
        );
        check("(http://a.b/c)", &[Text("("), Link("http://a.b/c"), Text(")")]);
        check("http://a.b/c_(d)", &[Link("http://a.b/c_(d)")]);
        check("HTTPS://A.B, ok", &[Link("HTTPS://A.B"), Text(", ok")]);
        check("<http://a.b>\nhttp://c.d", &[Text("<"), Link("http://a.b"), Text(">\n"), Link("http://c.d")]);
        check("日本http://a.b", &[Text("日本"), Link("http://a.b")]);
        check("请看https://a.b，谢谢", &[Text("请看"), Link("https://a.b"), Text("，谢谢")]);
        check("（https://a.b/x）と", &[Text("（"), Link("https://a.b/x"), Text("）と")]);
        check("「https://a.b/x」です", &[Text("「"), Link("https://a.b/x"), Text("」です")]);
        check("https://a.b/x。次", &[Link("https://a.b/x"), Text("。次")]);
        check("https://a.b/x、https://c.d/y", &[Link("https://a.b/x"), Text("、"), Link("https://c.d/y")]);
        check("«http://a.b»", &[Text("«"), Link("http://a.b"), Text("»")]);
        check("http://a.b/\u{202E}cod.exe", &[Link("http://a.b/"), Text("\u{202E}cod.exe")]);
        check("http://a.b/例え", &[Link("http://a.b/例え")]);
        check("→http://例え.テスト/é", &[Text("→"), Link("http://例え.テスト/é")]);
    }

    #[test]
    fn code_stands_between_back_ticks() {
        use Piece::{Code, Link, Text};
        check("run `cargo test` now", &[Text("run "), Code("`cargo test`"), Text(" now")]);
        check("```\nlet a = `b`;\n``` ok", &[Code("```\nlet a = `b`;\n```"), Text(" ok")]);
        check("`http://a.b` http://c.d", &[Code("`http://a.b`"), Text(" "), Link("http://c.d")]);
        for plain in ["a ` b", "a ``", "` a\nb `", "```", "don`t"] {
            check(plain, &[Text(plain)]);
        }
    }

    #[test]
    fn only_http_is_a_link() {
        for text in [
            "javascript://alert(1)",
            "ftp://a.b",
            "http://",
            "http:// a",
            "xhttp://a.b",
            "://",
            "a://b http:/c",
        ] {
            check(text, &[Piece::Text(text)]);
        }
    }
}
