//! What storage keeps between visits, and its text form, JSON. Storage belongs to the reader, who may damage it: what cannot
//! be read counts as absent.

use holdline_shared::{Cursor, RoomName, Seq};

use super::Sending;
use crate::json::{Decode, Json, Object, quote};

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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
        let visited = Json::parse(visited.unwrap_or_default()).unwrap_or(Json::Null);
        // Checked again, because the storage is not the server's: a poll of a wrong name would be refused as a whole.
        let names = visited.list().unwrap_or_default().iter().filter_map(Json::text);
        let visited = names.filter_map(|name| RoomName::parse(name).ok()).collect();
        let seen = Json::parse(seen.unwrap_or_default()).unwrap_or(Json::Null);
        let outbox = outbox.into_iter().filter_map(|text| Sending::decode(&Json::parse(text)?)).collect();
        Self { visited, seen: Seen::decode(&seen).unwrap_or_default(), outbox }
    }
}

/// The text form of the rooms visited.
pub fn visited_to_json(visited: &[RoomName]) -> String {
    let names: Vec<_> = visited.iter().map(|name| quote(name.as_str())).collect();
    format!("[{}]", names.join(","))
}

impl Seen {
    /// The text form.
    pub fn to_json(&self) -> String {
        let mut rooms = Object::default();
        for (name, seq) in &self.rooms {
            rooms = rooms.number(name.as_str(), seq.0);
        }
        let seen = Object::default()
            .text("of_log", &self.of_log.map(|cursor| cursor.to_string()).unwrap_or_default());
        if self.rooms.is_empty() { seen.end() } else { seen.field("rooms", &rooms.end()).end() }
    }
}

impl Decode for Seen {
    fn decode(json: &Json) -> Option<Self> {
        let rooms = if let Json::Object(rooms) = json.get("rooms") { rooms.as_slice() } else { &[] };
        let rooms =
            rooms.iter().filter_map(|(name, seq)| Some((RoomName::parse(name).ok()?, Seq::decode(seq)?)));
        Some(Self { of_log: Some(Cursor::decode(json.get("of_log"))?), rooms: rooms.collect() })
    }
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
        let item = outbox.items()[0].to_json();
        let saved = Saved::read(Some(r#"["tea","a b","lobby"]"#), Some(&seen.to_json()), [item.as_str()]);
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
