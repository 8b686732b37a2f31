//! The text forms in storage, JSON. Storage belongs to the reader, who may damage it: unreadable text counts as absent,
//! and names are checked again, because a poll with an invalid one would be refused as a whole.

use holdline_shared::{MessageText, Person, PublishKey, PublishRequest, RoomName, Seq, Timestamp};
use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::state::{Edit, Progress, Seen, Sending, Writing, keyed};

/// Writes the visited rooms, the latest first.
pub fn write_visited(visited: &[RoomName]) -> String {
    write(&visited)
}

/// Reads the visited rooms. Skips only the damaged names.
pub fn read_visited(text: &str) -> Vec<RoomName> {
    let names: Vec<String> = serde_json::from_str(text).unwrap_or_default();
    names.iter().filter_map(|name| RoomName::parse(name).ok()).collect()
}

/// Writes the reader, as others see them.
pub fn write_person(person: &Person) -> String {
    write(person)
}

/// Reads the reader, as others see them.
pub fn read_person(text: &str) -> Option<Person> {
    serde_json::from_str(text).ok()
}

#[derive(Serialize, Deserialize)]
struct SeenForm {
    of_log: String,
    #[serde(default)]
    rooms: LiteMap<String, Seq>,
}

/// Writes the position up to which each room was seen.
pub fn write_seen(seen: &Seen) -> String {
    let of_log = seen.of_log.map(|cursor| cursor.to_string()).unwrap_or_default();
    let rooms = keyed(seen.rooms.iter().map(|(name, seq)| (name.to_string(), *seq)));
    write(&SeenForm { of_log, rooms })
}

/// Reads the position up to which each room was seen.
pub fn read_seen(text: &str) -> Seen {
    let Ok(form) = serde_json::from_str::<SeenForm>(text) else { return Seen::default() };
    let Ok(of_log) = form.of_log.parse() else { return Seen::default() };
    let rooms = form.rooms.into_iter();
    let rooms = rooms.filter_map(|(name, seq)| Some((RoomName::parse(&name).ok()?, seq)));
    Seen { of_log: Some(of_log), rooms: keyed(rooms) }
}

#[derive(Serialize, Deserialize)]
struct SendingForm {
    key: PublishKey,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Seq>,
    room: String,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<String>,
}

/// Writes a message on its way.
pub fn write_sending(sending: &Sending) -> String {
    let Sending { room, request: PublishRequest { key, text, reply_to }, at, progress } = sending;
    let failed = if let Progress::Failed(why) = progress { Some(why.clone()) } else { None };
    write(&SendingForm {
        key: *key,
        text: text.to_string(),
        reply_to: *reply_to,
        room: room.to_string(),
        at: *at,
        failed,
    })
}

/// Reads a message on its way.
pub fn read_sending(text: &str) -> Option<Sending> {
    let SendingForm { key, text, reply_to, room, at, failed } = serde_json::from_str(text).ok()?;
    let request = PublishRequest { key, text: MessageText::received(text), reply_to };
    let progress = failed.map_or(Progress::Pending, Progress::Failed);
    Some(Sending { room: RoomName::parse(&room).ok()?, request, at, progress })
}

#[derive(Serialize, Deserialize)]
struct WritingForm {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    draft: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edit: Option<EditForm>,
}

#[derive(Serialize, Deserialize)]
struct EditForm {
    seq: Seq,
    before: String,
    text: String,
}

/// Writes the unsent texts of a room.
pub fn write_writing(writing: &Writing) -> String {
    let edit = writing.edit.as_ref().map(|edit| EditForm {
        seq: edit.seq,
        before: edit.before.to_string(),
        text: edit.text.clone(),
    });
    write(&WritingForm { draft: writing.draft.clone(), reply_to: writing.reply_to, edit })
}

/// Reads the unsent texts of a room.
pub fn read_writing(text: &str) -> Writing {
    let Ok(WritingForm { draft, reply_to, edit }) = serde_json::from_str(text) else {
        return Writing::default();
    };
    let edit =
        edit.map(|edit| Edit { seq: edit.seq, before: MessageText::received(edit.before), text: edit.text });
    Writing { draft, reply_to, edit }
}

fn write(value: &impl Serialize) -> String {
    // These types always have a JSON form.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples;

    fn sending(progress: Progress) -> Sending {
        let (key, text) = (samples::key(1), "hi \"you\"".parse().unwrap());
        let request = PublishRequest { key, text, reply_to: Some(Seq(4)) };
        Sending { room: RoomName::lobby(), request, at: Timestamp(9), progress }
    }

    #[test]
    fn everything_kept_is_found_again() {
        for progress in [Progress::Pending, Progress::Failed("no".to_owned())] {
            let item = sending(progress);
            assert_eq!(read_sending(&write_sending(&item)), Some(item));
        }
        let seen = Seen { of_log: Some(samples::at(3)), rooms: keyed([(RoomName::lobby(), Seq(3))]) };
        assert_eq!(read_seen(&write_seen(&seen)), seen);
        let edit = Edit { seq: Seq(7), before: "old".parse().unwrap(), text: "new\n".to_owned() };
        let writing = Writing { draft: "half a".to_owned(), reply_to: Some(Seq(3)), edit: Some(edit) };
        assert_eq!(read_writing(&write_writing(&writing)), writing);
        let visited = ["tea".parse().unwrap(), RoomName::lobby()];
        assert_eq!(read_visited(&write_visited(&visited)), visited);
        assert_eq!(read_person(&write_person(&samples::person("ada"))), Some(samples::person("ada")));
    }

    #[test]
    fn pages_of_earlier_versions_are_understood() {
        let key = samples::key(1);
        let old = format!(
            r#"{{"key":"{key}","text":"hi \"you\"","reply_to":4,"room":"lobby","at":9,"failed":"no"}}"#
        );
        assert_eq!(read_sending(&old), Some(sending(Progress::Failed("no".to_owned()))));
        let old = format!(r#"{{"of_log":"{}","rooms":{{"lobby":3,"a b":4}}}}"#, samples::at(3));
        assert_eq!(read_seen(&old).rooms, keyed([(RoomName::lobby(), Seq(3))]));
        assert_eq!(read_seen(&format!(r#"{{"of_log":"{}"}}"#, samples::at(3))).of_log, Some(samples::at(3)));
        assert_eq!(read_visited(r#"["tea","a b","lobby"]"#).len(), 2, "the damaged name alone is lost");
    }

    #[test]
    fn damage_counts_as_nothing() {
        for damaged in ["", "{", "[]", "null", "7", r#"{"of_log":7}"#] {
            assert_eq!(read_sending(damaged), None);
            assert_eq!(read_person(damaged), None);
            assert_eq!(read_seen(damaged), Seen::default());
            assert_eq!(read_writing(damaged), Writing::default());
            assert!(read_visited(damaged).is_empty());
        }
    }
}
