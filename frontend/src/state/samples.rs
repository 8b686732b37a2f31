//! Sample values for tests: people, messages, pages of history.

use std::rc::Rc;

use holdline_shared::{
    Cursor, Emoji, Entry, EntryKind, Epoch, History, Me, Message, Person, PersonKind, Profile, PublishKey,
    RoomName, Seq, Timestamp, Topic,
};

use super::Line;

/// A person whose name is the capitalised id.
pub(crate) fn person(id: &str) -> Person {
    let name = format!("{}{}", id[..1].to_uppercase(), &id[1..]);
    Person { id: id.parse().unwrap(), name: name.parse().unwrap() }
}

/// A member, as they see themselves.
pub(crate) fn account(admin: bool) -> Me {
    let (kind, about, time_zone) = (PersonKind::Member, Topic::default(), String::new());
    let profile = Profile { person: person("ada"), kind, admin, about, time_zone };
    Me { profile, has_passphrase: true, token: None }
}

/// The key with the number `n`.
pub(crate) fn key(n: u64) -> PublishKey {
    PublishKey::from_bytes(u128::from(n).to_be_bytes())
}

/// A message's entry in the lobby, with the key of its `seq`.
pub(crate) fn said(seq: u64, who: &str, text: &str) -> Entry {
    entry(seq, who, EntryKind::Message { key: key(seq), text: Some(text.parse().unwrap()), reply_to: None })
}

/// An entry in the lobby, at `seq` seconds.
pub(crate) fn entry(seq: u64, who: &str, kind: EntryKind) -> Entry {
    Entry { seq: Seq(seq), room: RoomName::lobby(), at: Timestamp(seq * 1_000), author: person(who), kind }
}

/// A reaction's entry.
pub(crate) fn reacted(seq: u64, who: &str, target: u64, emoji: &str, on: bool) -> Entry {
    let emoji: Emoji = emoji.parse().unwrap();
    entry(seq, who, EntryKind::Reaction { target: Seq(target), emoji, on })
}

/// A message as a line on the screen.
pub(crate) fn line(seq: u64, who: &str, at: u64, text: &str) -> Rc<Line> {
    let mut message = Message::from_entry(&said(seq, who, text)).unwrap();
    message.at = Timestamp(at);
    Rc::new(Line { message, as_of: Seq(seq) })
}

/// A page with one message by `who` for each of `seqs`, read at `cursor`.
pub(crate) fn page(who: &str, seqs: &[u64], cursor: u64, more: bool) -> History {
    let messages =
        seqs.iter().map(|&seq| Message::from_entry(&said(seq, who, &format!("m{seq}"))).unwrap()).collect();
    History { messages, cursor: at(cursor), more, topic: Topic::default() }
}

/// A position in the first log.
pub(crate) fn at(seq: u64) -> Cursor {
    Cursor { epoch: Epoch(1), seq: Seq(seq) }
}
