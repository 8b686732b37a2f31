//! Keeps in storage what a reload must not lose: messages on their way, each under its own name so that tabs do not
//! overwrite one another, drafts, visited rooms and how far they were seen.

use std::rc::Rc;

use holdline_shared::RoomName;

use crate::api::Storage;
use crate::state::{Progress, Saved, Sending, State, visited_to_json};

const VISITED: &str = "visited";
const SEEN: &str = "seen";
const SENDING: &str = "sending:";

/// What storage had kept.
pub fn saved(storage: &Storage) -> Saved {
    let sending = storage.all(SENDING);
    let (visited, seen) = (storage.get(VISITED), storage.get(SEEN));
    Saved::read(visited.as_deref(), seen.as_deref(), sending.iter().map(String::as_str))
}

/// Keeps what has changed.
pub fn keep(storage: &Storage, before: &State, after: &State) {
    if !Rc::ptr_eq(&before.visited, &after.visited) {
        storage.set(VISITED, &visited_to_json(&after.visited));
    }
    if !Rc::ptr_eq(&before.seen, &after.seen) {
        storage.set(SEEN, &after.seen.to_json());
    }
    if before.outbox == after.outbox {
        return;
    }
    let is_unsent = |item: &&Rc<Sending>| !matches!(item.progress, Progress::Sent(_));
    let now: Vec<_> = after.outbox.items().iter().filter(is_unsent).collect();
    // Another tab may keep messages that this one does not know; only what was ours is taken out.
    for old in before.outbox.items().iter().filter(is_unsent) {
        if now.iter().all(|item| item.request.key != old.request.key) {
            storage.remove(&name_of(old));
        }
    }
    for item in now.iter().filter(|item| !before.outbox.items().contains(item)) {
        storage.set(&name_of(item), &item.to_json());
    }
}

fn name_of(item: &Sending) -> String {
    format!("{SENDING}{}", item.request.key)
}

/// What was typed and not sent, by room.
#[derive(Clone)]
pub struct Drafts(pub(super) Storage);

impl PartialEq for Drafts {
    /// There is one storage, so there is one set of drafts.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Drafts {
    /// The draft of a room, empty if there is none.
    pub fn of(&self, room: &RoomName) -> String {
        self.0.get(&draft_of(room)).unwrap_or_default()
    }

    /// Keeps it.
    pub fn keep(&self, room: &RoomName, text: &str) {
        if text.is_empty() { self.0.remove(&draft_of(room)) } else { self.0.set(&draft_of(room), text) }
    }
}

fn draft_of(room: &RoomName) -> String {
    format!("draft:{room}")
}
