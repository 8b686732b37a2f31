//! What storage keeps between visits, and its text form. Storage belongs to the reader, who may damage it: what cannot
//! be read counts as absent.

use holdline_shared::{Cursor, RoomName, Seq};
use serde::{Deserialize, Serialize};

use super::Sending;

/// All of it, except drafts, which only the composer reads.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Saved {
    /// The rooms visited, the last one first.
    pub visited: Vec<RoomName>,
    /// How far each room was seen.
    pub seen: Seen,
    /// Messages on their way.
    pub outbox: Vec<Sending>,
}

/// How far each room was seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// A position in the log that this is about.
    pub of_log: Option<Cursor>,
    /// The last entry seen in each room.
    pub rooms: Vec<(RoomName, Seq)>,
}

impl Seen {
    /// The last entry seen in this room.
    pub fn of(&self, name: &RoomName) -> Seq {
        self.rooms.iter().find(|(room, _)| room == name).map(|(_, seq)| *seq).unwrap_or_default()
    }

    /// It is another one now.
    pub fn put(&mut self, name: RoomName, seq: Seq) {
        match self.rooms.iter_mut().find(|(room, _)| *room == name) {
            Some((_, old)) => *old = seq,
            None => self.rooms.push((name, seq)),
        }
    }
}

impl Saved {
    /// Reads the text forms.
    pub fn read<'a>(
        visited: Option<&str>,
        seen: Option<&str>,
        outbox: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let names: Vec<String> = from_json(visited.unwrap_or_default()).unwrap_or_default();
        Self {
            visited: names.iter().filter_map(|name| RoomName::parse(name).ok()).collect(),
            seen: from_json(seen.unwrap_or_default()).unwrap_or_default(),
            outbox: outbox.into_iter().filter_map(from_json).collect(),
        }
    }
}

/// The text form of something to keep.
pub fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn from_json<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Outbox, Progress, samples};

    #[test]
    fn what_is_kept_is_found_again() {
        let mut outbox = Outbox::default();
        outbox.say(
            RoomName::lobby(),
            samples::key(1),
            "hi".parse().unwrap(),
            Some(Seq(4)),
            samples::line(1, "ada", 9, "x").message.at,
        );
        outbox.advance(samples::key(1), Progress::Failed("no".to_owned()));
        let seen = Seen { of_log: Some(samples::at(3)), rooms: [(RoomName::lobby(), Seq(3))].into() };
        let item = to_json(&*outbox.items()[0]);
        let saved = Saved::read(Some(r#"["tea","a b","lobby"]"#), Some(&to_json(&seen)), [item.as_str()]);
        assert_eq!(saved.visited.len(), 2, "the damaged name alone is lost");
        assert_eq!(saved.seen, seen);
        assert_eq!(Outbox::restore(saved.outbox), outbox);
    }

    #[test]
    fn damage_counts_as_nothing() {
        assert_eq!(Saved::read(Some("{"), Some("[]"), ["", "{}", "null"]), Saved::default());
        assert_eq!(Saved::read(None, None, []), Saved::default());
    }
}
