//! Finds the links in a message's text. Nothing else is markup: everything is shown as it was typed.

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it is.
    Text(&'a str),
    /// An `http` or `https` address.
    Link(&'a str),
}

/// Cuts `text` into pieces; joined together they are the text again.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut done, mut from) = (0, 0);
    while let Some(start) = find_scheme(text, from) {
        let end = start + link_length(&text[start..]);
        let begins_word = !text[..start].ends_with(|c: char| c.is_alphanumeric());
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
    pieces
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

/// Up to white space, a quote or a bracket; punctuation that ends the sentence around the link is not part of it.
fn link_length(text: &str) -> usize {
    let end = text
        .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '“' | '”'))
        .unwrap_or(text.len());
    let mut link = &text[..end];
    while let Some(last) = link.chars().next_back() {
        let is_loose = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '…' | '。' | '、' => true,
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
                Piece::Text(t) | Piece::Link(t) => *t,
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
        check("日本http://a.b", &[Text("日本http://a.b")]);
        check("→http://例え.テスト/é", &[Text("→"), Link("http://例え.テスト/é")]);
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
