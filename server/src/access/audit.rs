//! The changes as admins are shown them: everything but secrets' hashes, and nothing of rooms that they may not read.

mod predecessor;

use holdline_shared::{Entry, EntryKind, Person, PersonId, RoomName, Seq, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use self::predecessor::Predecessor;
use super::{Access, is_owner};

/// The fields of a change that are shown. A field that is not here, such as a new one, is not.
const SHOWN: [&str; 28] = [
    "change",
    "id",
    "url",
    "name",
    "person",
    "door",
    "is_bot",
    "on",
    "device",
    "visitor",
    "visitors",
    "visitors_until",
    "until",
    "muted_until",
    "reason",
    "keep_messages",
    "rooms",
    "verbs",
    "note",
    "room",
    "seq",
    "gives",
    "uses",
    "expires",
    "grace_until",
    "role",
    "topic",
    "policy",
];

/// The fields whose own fields are shown as the change's.
const UNFOLDED: [&str; 6] = ["invite", "ban", "token", "hook", "way", "outgoing"];

/// A line of the audit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditLine {
    seq: Seq,
    at: Timestamp,
    author: Person,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<RoomName>,
    /// The change, which `change` names, with its fields.
    #[schema(value_type = HashMap<String, Value>)]
    change: Map<String, Value>,
}

impl AuditLine {
    /// The line of an entry, unless `admin` may not see it.
    pub(crate) fn new(access: &Access, admin: &PersonId, entry: &Entry) -> Option<Self> {
        let stored = match &entry.kind {
            EntryKind::Access { change } => serde_json::from_str(change).ok()?,
            EntryKind::Member(change) => tagged("member", serde_json::to_value(change).ok()?),
            EntryKind::Room { policy: Some(policy), topic } => {
                tagged("room", json!({ "topic": topic, "policy": policy }))
            }
            _ => return None,
        };
        let Value::Object(stored) = stored else { return None };
        let mut change = Map::new();
        show(stored, &mut change);
        let id = change.get("person").and_then(Value::as_str).map(PersonId::received);
        if let Some(id) = id {
            let name = access.account(&id).map_or(id.as_str(), |account| account.person.name.as_str());
            change.insert("person".to_owned(), json!({ "id": id, "name": name }));
        }
        let named = change.remove("room").and_then(|room| room.as_str().map(RoomName::received));
        let room = named.or_else(|| (!entry.room.is_reserved()).then(|| entry.room.clone()));
        let is_report = change.get("change").is_some_and(|change| change == "reported");
        let may_see = |room: &RoomName| is_owner(admin) || is_report || access.may_read(Some(admin), room);
        let is_noise = change.get("change").is_some_and(|change| change == "session_used");
        if is_noise || room.as_ref().is_some_and(|room| !may_see(room)) {
            return None;
        }
        if let Some(Value::Array(rooms)) = change.get_mut("rooms") {
            let named = rooms.len();
            rooms.retain(|room| room.as_str().is_some_and(|room| may_see(&RoomName::received(room))));
            if rooms.len() < named {
                change.remove("note");
            }
        }
        Some(Self { seq: entry.seq, at: entry.at, author: entry.author.clone(), room, change })
    }
}

impl AuditLine {
    /// Whether the entry may tell more about later ones.
    pub(crate) fn is_told_of_later(entry: &Entry) -> bool {
        predecessor::is_told_of_later(entry)
    }

    /// Whether an earlier entry than those in `earlier` may tell more about this one.
    pub(crate) fn lacks_predecessor(entry: &Entry, earlier: &[Entry]) -> bool {
        predecessor::refers_back(entry) && predecessor::predecessor(entry, earlier).is_none()
    }

    /// Adds what earlier entries, the newest first, tell about the line's entry. Without `are_all`, there are still earlier ones,
    /// and what would follow from their silence is left out.
    pub(crate) fn look_back(&mut self, entry: &Entry, earlier: &[Entry], are_all: bool) {
        let found = predecessor::predecessor(entry, earlier);
        let is_known = found.is_some() || are_all;
        match (&entry.kind, found) {
            (_, Some(Predecessor::Ban(ban))) => predecessor::tell_ban(*ban, &mut self.change),
            (EntryKind::Member(change), found) if is_known => {
                let before = match found {
                    Some(Predecessor::Member(before)) => before,
                    _ => predecessor::Standing::default(),
                };
                let act = predecessor::act(entry, change, before);
                self.change.insert("act".to_owned(), act.into());
            }
            _ => {}
        }
    }

    /// The room and the position of the message that the change is about.
    pub(crate) fn message(&self) -> Option<(&RoomName, Seq)> {
        let is_about_message = |change: &&Value| *change == "reported" || *change == "message_deleted";
        let seq = self.change.get("change").filter(is_about_message).and(self.change.get("seq"))?;
        Some((self.room.as_ref()?, Seq(seq.as_u64()?)))
    }

    /// Adds the author of the message.
    pub(crate) fn name_author(&mut self, author: &Person) {
        self.change.insert("person".to_owned(), json!(author));
    }
}

fn tagged(tag: &str, mut change: Value) -> Value {
    change["change"] = tag.into();
    change
}

/// Copies what is shown.
fn show(stored: Map<String, Value>, shown: &mut Map<String, Value>) {
    for (name, value) in stored {
        match value {
            Value::Object(fields) if UNFOLDED.contains(&name.as_str()) => show(fields, shown),
            value if SHOWN.contains(&name.as_str()) => drop(shown.insert(name, value)),
            _ => {}
        }
    }
}
