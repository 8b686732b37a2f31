//! Escaping of foreign text for terminals: no control character, and nothing that changes the direction of the text
//! around it. All text from servers and proxies is escaped before it is printed.

use std::borrow::Cow;
use std::fmt::Write as _;

/// "First strong isolate": starts text with a direction of its own.
const ISOLATE: char = '\u{2068}';
/// "Pop directional isolate": ends it.
const END_OF_ISOLATE: char = '\u{2069}';

/// Escapes a text. Line feeds and tabs stay; other control characters become `\u{1b}`. A line with directional
/// overrides, embeddings or isolates is isolated as a whole, and everything in it is closed.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| is_control(c) || is_directional(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        if line.contains(is_directional) {
            isolate(&mut out, line);
        } else {
            line.chars().for_each(|c| push(&mut out, c));
        }
    }
    Cow::Owned(out)
}

/// Escapes a text that is printed as one line: its line breaks are indented, so that no part of it looks like another
/// line.
pub(crate) fn printable_line(text: &str, indent: &str) -> String {
    // Some terminals also break lines at these two characters.
    printable(&text.replace(['\u{2028}', '\u{2029}'], "\n")).replace('\n', &format!("\n{indent}"))
}

/// Escapes JSON for terminals, including the control characters that JSON permits. They occur only in strings, where an
/// escape has the same meaning.
pub(crate) fn printable_json(json: String) -> String {
    let is_harmful = |c: char| is_control(c) || is_directional(c) || matches!(c, '\u{2028}' | '\u{2029}');
    if !json.contains(is_harmful) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        if is_harmful(c) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

fn isolate(out: &mut String, line: &str) {
    out.push(ISOLATE);
    let mut open = 0_u32;
    for c in line.chars() {
        match c {
            '\u{2066}'..='\u{2068}' => open += 1,
            // This character would end our own isolate.
            END_OF_ISOLATE if open == 0 => continue,
            END_OF_ISOLATE => open -= 1,
            _ => {}
        }
        push(out, c);
    }
    // The end of an isolate also ends embeddings and overrides that started inside.
    (0..=open).for_each(|_| out.push(END_OF_ISOLATE));
}

fn push(out: &mut String, c: char) {
    if is_control(c) {
        let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
    } else {
        out.push(c);
    }
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_any_script_is_unchanged() {
        for text in ["hello", "tab\tand\nline", "שלום, world", "👩‍💻 e\u{301}", "\u{200F}mark"] {
            assert!(matches!(printable(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("\u{1B}]0;pwned\u{7}\u{9B}31m"), "\\u{1b}]0;pwned\\u{7}\\u{9b}31m");
        assert_eq!(printable_line("a\r\nholdline: b\u{2028}c", "  "), "a\\u{d}\n  holdline: b\n  c");
        assert_eq!(printable_json("\"\u{7F}\u{85}\u{202E}\"".to_owned()), r#""\u007f\u0085\u202e""#);
    }

    #[test]
    fn directional_text_is_isolated_per_line() {
        assert_eq!(printable("\u{202E}a\nb"), "\u{2068}\u{202E}a\u{2069}\nb");
        assert_eq!(printable("\u{2067}a"), "\u{2068}\u{2067}a\u{2069}\u{2069}");
        assert_eq!(printable("\u{2069}\u{2069}a\u{2066}"), "\u{2068}a\u{2066}\u{2069}\u{2069}");
    }

    #[test]
    fn no_control_character_is_printed() {
        for c in (0..0x2100).filter_map(char::from_u32) {
            let text = format!("a{c}b{c}c");
            for shown in [printable(&text).into_owned(), printable_line(&text, "  ")] {
                assert_harmless(&shown);
            }
            let json = printable_json(serde_json::to_string(&text).unwrap());
            assert!(json.chars().all(|c| !c.is_control() && !is_directional(c)), "{json:?}");
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text, "the meaning is the same");
        }
    }

    /// Asserts that there are no control characters and that each line closes what it opened.
    fn assert_harmless(shown: &str) {
        assert!(shown.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'), "{shown:?}");
        for line in shown.split('\n') {
            let mut open = 0_i32;
            for c in line.chars() {
                match c {
                    '\u{2066}'..='\u{2068}' => open += 1,
                    '\u{2069}' => open -= 1,
                    '\u{202A}'..='\u{202E}' => assert!(open > 0, "not isolated: {shown:?}"),
                    _ => {}
                }
                assert!(open >= 0, "{shown:?}");
            }
            assert_eq!(open, 0, "left open: {shown:?}");
        }
    }
}
