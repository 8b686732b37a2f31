//! Keeps in storage what a reload must not lose: messages on their way, each under its own name so that tabs do not
//! overwrite one another, drafts, visited rooms and how far they were seen.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;

use holdline_shared::{PublishKey, RoomName};

use super::Store;
use crate::api::Storage;
use crate::json::{Decode, Json};
use crate::state::{Action, Progress, Saved, Sending, State, visited_to_json};

const VISITED: &str = "visited";
const SEEN: &str = "seen";
const SENDING: &str = "sending:";

/// What storage had kept.
pub fn saved(storage: &Storage) -> Saved {
    let sending = storage.all(SENDING);
    let (visited, seen) = (storage.get(VISITED), storage.get(SEEN));
    Saved::read(visited.as_deref(), seen.as_deref(), sending.iter().map(String::as_str))
}

/// Keeps what changes, and hears what other tabs keep.
#[derive(Clone)]
pub struct Memory {
    storage: Storage,
    /// The messages on their way as storage has them, whoever put them there: what another tab has taken out must not
    /// be put back.
    kept: Rc<RefCell<Vec<(PublishKey, String)>>>,
}

impl Memory {
    /// The memory of a page that begins with what storage had kept.
    pub fn new(storage: &Storage, store: &Store) -> Self {
        let state = store.state();
        let kept = state.outbox.items().iter().map(|item| (item.request.key, item.to_json()));
        Self { storage: storage.clone(), kept: Rc::new(RefCell::new(kept.collect())) }
    }

    /// Keeps what has changed.
    pub fn keep(&self, before: &State, after: &State) {
        let storage = &self.storage;
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
        self.kept.borrow_mut().retain(|(key, _)| {
            let stays = now.iter().any(|item| item.request.key == *key);
            if !stays {
                storage.remove(&name_of(*key));
            }
            stays
        });
        for item in now {
            let (key, text) = (item.request.key, item.to_json());
            if self.note(key, Some(&text)) {
                storage.set(&name_of(key), &text);
            }
        }
    }

    /// Tells the state what other tabs do with messages on their way, until it is dropped.
    pub fn listen(&self, store: &Store) -> Option<EventListener> {
        let (memory, store) = (self.clone(), store.clone());
        self.storage.listen(move |name, text| {
            let Some(key) = name.strip_prefix(SENDING).and_then(|key| key.parse().ok()) else { return };
            memory.note(key, text.as_deref());
            match text {
                Some(text) => {
                    if let Some(item) = Json::parse(&text).and_then(|json| Sending::decode(&json)) {
                        store.dispatch(Action::Shared(item));
                    }
                }
                None => store.dispatch(Action::Discarded(key)),
            }
        })
    }

    /// Notes what storage has; whether that is news.
    fn note(&self, key: PublishKey, text: Option<&str>) -> bool {
        let mut kept = self.kept.borrow_mut();
        if let Some(text) = text
            && kept.iter().any(|(known, old)| *known == key && old == text)
        {
            return false;
        }
        kept.retain(|(known, _)| *known != key);
        kept.extend(text.map(|text| (key, text.to_owned())));
        true
    }
}

fn name_of(key: PublishKey) -> String {
    format!("{SENDING}{key}")
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
