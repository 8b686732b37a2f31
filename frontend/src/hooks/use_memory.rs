//! Keeps in storage what a reload must not lose: messages on their way, each under its own name so that tabs do not
//! overwrite one another, drafts, visited rooms and how far they were seen.

use std::rc::Rc;

use holdline_shared::RoomName;
use yew::prelude::*;

use super::Store;
use crate::api::Storage;
use crate::state::{Progress, Saved, Sending, to_json};

const VISITED: &str = "visited";
const SEEN: &str = "seen";
const SENDING: &str = "sending:";

/// What storage had kept.
pub fn saved(storage: &Storage) -> Saved {
    let sending = storage.all(SENDING);
    let (visited, seen) = (storage.get(VISITED), storage.get(SEEN));
    Saved::read(visited.as_deref(), seen.as_deref(), sending.iter().map(String::as_str))
}

/// Keeps it.
#[hook]
pub fn use_memory(storage: &Storage, store: &Store) {
    let keeps = storage.clone();
    use_effect_with(Rc::clone(&store.visited), move |visited| keeps.set(VISITED, &to_json(&**visited)));
    let keeps = storage.clone();
    use_effect_with(Rc::clone(&store.seen), move |seen| keeps.set(SEEN, &to_json(&**seen)));
    let keeps = storage.clone();
    let before = use_mut_ref(Vec::<Rc<Sending>>::new);
    use_effect_with(store.outbox.clone(), move |outbox| {
        let now: Vec<_> = outbox
            .items()
            .iter()
            .filter(|item| !matches!(item.progress, Progress::Sent(_)))
            .cloned()
            .collect();
        let before = before.replace(now.clone());
        // Another tab may keep messages that this one does not know; only what was ours is taken out.
        for gone in before.iter().filter(|old| now.iter().all(|item| item.request.key != old.request.key)) {
            keeps.remove(&name_of(gone));
        }
        for item in now.iter().filter(|item| !before.contains(item)) {
            keeps.set(&name_of(item), &to_json(&**item));
        }
    });
}

fn name_of(item: &Sending) -> String {
    format!("{SENDING}{}", item.request.key)
}

/// What was typed and not sent, by room.
#[derive(Clone)]
pub struct Drafts(Storage);

impl PartialEq for Drafts {
    /// There is one storage, so there is one set of drafts.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The drafts in this storage.
#[hook]
pub fn use_drafts(storage: &Storage) -> Drafts {
    Drafts(storage.clone())
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
