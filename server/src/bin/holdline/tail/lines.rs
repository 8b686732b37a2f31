//! Entries as lines for people: time, room, who, what. Later lines of a message are indented, so that no message can
//! pass for another person's.

use holdline_shared::{Entry, EntryKind, Message, MessageText, Person, RoomName, Seq, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::recall::Recall;

/// As wide as the time and the space after it.
const INDENT: &str = "\n      ";

/// Writes lines; knows the recent messages that later ones are about.
pub(super) struct Lines {
    zone: TimeZone,
    names_rooms: bool,
    recall: Recall,
    /// The day of the line before; another one is named.
    day: Option<Date>,
}

impl Lines {
    /// In the time of `zone`, with the room's name in each line or without.
    pub(super) fn new(zone: TimeZone, names_rooms: bool) -> Self {
        let today = jiff::Timestamp::now().to_zoned(zone.clone()).date();
        Self { zone, names_rooms, recall: Recall::default(), day: Some(today) }
    }

    /// A message of history as it stands.
    pub(super) fn message(&mut self, out: &mut String, message: &Message) {
        self.begin(out, message.at, &message.room, &message.author);
        self.said(out, message.seq, message.text.as_ref());
        out.push('\n');
    }

    /// What happened.
    pub(super) fn entry(&mut self, out: &mut String, entry: &Entry) {
        self.begin(out, entry.at, &entry.room, &entry.author);
        match &entry.kind {
            EntryKind::Message { text, .. } => self.said(out, entry.seq, text.as_ref()),
            EntryKind::Edit { target, text } => {
                out.push_str(&format!(" edited {}", self.recall.name(*target)));
                self.said(out, *target, text.as_ref());
            }
            EntryKind::Delete { target } => out.push_str(&format!(" deleted {}", self.recall.name(*target))),
            EntryKind::Reaction { target, emoji, on: true } => {
                out.push_str(&format!(" put {emoji} on {}", self.recall.name(*target)));
            }
            EntryKind::Reaction { target, emoji, on: false } => {
                out.push_str(&format!(" took {emoji} from {}", self.recall.name(*target)));
            }
            EntryKind::Room { topic } if topic.as_str().is_empty() => out.push_str(" opened the room"),
            EntryKind::Room { topic } => out.push_str(&format!(" set the topic: {topic}")),
        }
        out.push('\n');
    }

    /// The log is another one.
    pub(super) fn forget(&mut self) {
        self.recall.clear();
    }

    fn begin(&mut self, out: &mut String, at: Timestamp, room: &RoomName, author: &Person) {
        let milliseconds = i64::try_from(at.0).unwrap_or(i64::MAX);
        let at = jiff::Timestamp::from_millisecond(milliseconds).unwrap_or(jiff::Timestamp::MAX);
        let at = at.to_zoned(self.zone.clone());
        if self.day.replace(at.date()) != Some(at.date()) {
            out.push_str(&format!("{}\n", at.strftime("-- %A, %Y-%m-%d --")));
        }
        out.push_str(&at.strftime("%H:%M ").to_string());
        if self.names_rooms {
            out.push_str(&format!("{room} "));
        }
        out.push_str(author.name.as_str());
    }

    fn said(&mut self, out: &mut String, seq: Seq, text: Option<&MessageText>) {
        let Some(text) = text else {
            out.push_str(": (deleted)");
            return;
        };
        self.recall.note(seq, text);
        out.push_str(": ");
        // Unicode has two more characters that some terminals take for the end of a line.
        out.push_str(&text.as_str().replace(['\n', '\u{2028}', '\u{2029}'], INDENT));
    }
}
