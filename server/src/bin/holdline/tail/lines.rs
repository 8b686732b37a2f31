//! Entries as lines for people: time, room, author, text. Further lines of a message are indented, so that no message
//! looks like another person's. All foreign text is escaped.

use std::fmt::{Display, Write as _};

use holdline_shared::{Entry, Message, MessageText, Person, RoomName, Seq, Timestamp};
use jiff::tz::TimeZone;

use super::snippet_cache::SnippetCache;
use crate::printable::printable_line;

/// The width of the time and the space after it.
const INDENT: &str = "      ";

/// Formats lines; remembers recent messages, to which later entries refer.
pub(super) struct Lines {
    zone: TimeZone,
    shows_rooms: bool,
    snippets: SnippetCache,
}

impl Lines {
    /// Formats times in `zone`, with the rooms' names or without.
    pub(super) fn new(zone: TimeZone, shows_rooms: bool) -> Self {
        Self { zone, shows_rooms, snippets: SnippetCache::default() }
    }

    /// Formats a message of history.
    pub(super) fn message(&mut self, out: &mut String, message: &Message) {
        self.begin(out, message.at, &message.room, &message.author);
        self.text(out, message.seq, message.text.as_ref());
        out.push('\n');
    }

    /// Formats an entry.
    pub(super) fn entry(&mut self, out: &mut String, entry: &Entry) {
        self.begin(out, entry.at, &entry.room, &entry.author);
        if let Some(summary) = entry.kind.summary(|target| self.snippets.name(target)) {
            push(out, format_args!(" {}", escaped(&summary)));
        }
        if let Some(message) = entry.text_of() {
            self.text(out, message, entry.kind.text());
        }
        out.push('\n');
    }

    /// Forgets the messages of a replaced log.
    pub(super) fn clear(&mut self) {
        self.snippets.clear();
    }

    fn begin(&mut self, out: &mut String, at: Timestamp, room: &RoomName, author: &Person) {
        let milliseconds = i64::try_from(at.0).unwrap_or(i64::MAX);
        let at = jiff::Timestamp::from_millisecond(milliseconds).unwrap_or(jiff::Timestamp::MAX);
        let at = at.to_zoned(self.zone.clone());
        // The day is omitted today.
        let is_today = at.date() == jiff::Timestamp::now().to_zoned(self.zone.clone()).date();
        push(out, at.strftime(if is_today { "%H:%M " } else { "%Y-%m-%d %H:%M " }));
        if self.shows_rooms {
            push(out, format_args!("{} ", escaped(room)));
        }
        out.push_str(&escaped(&author.name));
    }

    fn text(&mut self, out: &mut String, seq: Seq, text: Option<&MessageText>) {
        let Some(text) = text else {
            out.push_str(": (deleted)");
            return;
        };
        self.snippets.note(seq, text);
        out.push_str(": ");
        out.push_str(&escaped(text));
    }
}

/// Escapes a foreign text.
fn escaped(text: &impl Display) -> String {
    printable_line(&text.to_string(), INDENT)
}

fn push(out: &mut String, part: impl Display) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{part}");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries as JSON without their common fields, and their lines.
    #[test]
    fn entries_read_like_a_conversation() {
        let mut lines = Lines::new(TimeZone::UTC, true);
        for (kind, line) in [
            (r#""room","topic":"""#, "tea Ada opened the room"),
            (r#""room","topic":"Green or black?""#, "tea Ada set the topic: Green or black?"),
            (
                r#""message","key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":"one\n12:34 Bob: two""#,
                "tea Ada: one\n      12:34 Bob: two",
            ),
            (r#""edit","target":3,"text":"black""#, "tea Ada edited “one…”: black"),
            (r#""reaction","target":3,"emoji":"👍","on":true"#, "tea Ada put 👍 on “black”"),
            (r#""reaction","target":1,"emoji":"👍","on":false"#, "tea Ada took 👍 from message 1"),
            (r#""delete","target":3"#, "tea Ada deleted “black”"),
            (r#""edit","target":3,"text":null"#, "tea Ada edited “black”: (deleted)"),
        ] {
            let json = format!(
                r#"{{"seq":3,"room":"tea","at":1763622300123,"author":{{"id":"ada","name":"Ada"}},"kind":{kind}}}"#
            );
            let mut out = String::new();
            lines.entry(&mut out, &serde_json::from_str(&json).unwrap());
            assert_eq!(out, format!("2025-11-20 07:05 {line}\n"));
        }
    }

    #[test]
    fn foreign_text_in_entries_is_escaped() {
        for c in (0..0x2100).filter_map(char::from_u32) {
            let odd = serde_json::to_string(&format!("a{c}b")).unwrap();
            let mut lines = Lines::new(TimeZone::UTC, true);
            let mut out = String::new();
            for kind in [
                format!(r#""message","key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":{odd}"#),
                format!(r#""edit","target":3,"text":{odd}"#),
                format!(r#""reaction","target":3,"emoji":{odd},"on":true"#),
                format!(r#""reaction","target":3,"emoji":{odd},"on":false"#),
                format!(r#""room","topic":{odd}"#),
                odd.clone(),
            ] {
                let json = format!(
                    r#"{{"seq":3,"room":{odd},"at":1,"author":{{"id":"ada","name":{odd}}},"kind":{kind}}}"#
                );
                lines.entry(&mut out, &serde_json::from_str(&json).unwrap());
            }
            assert!(out.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'), "{out:?}");
            for line in out.lines() {
                assert!(line.starts_with("1970-01-01 00:00 ") || line.starts_with(INDENT), "{out:?}");
                let (opened, closed) = ['\u{2066}'..='\u{2068}', '\u{2069}'..='\u{2069}']
                    .map(|range| line.chars().filter(|c| range.contains(c)).count())
                    .into();
                assert_eq!(opened, closed, "{line:?}");
            }
        }
    }
}
