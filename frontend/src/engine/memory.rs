//! Keeps in storage what a reload must not lose, and passes to the state what other tabs keep there: messages on their
//! way and unsent texts, each under its own name so that tabs do not overwrite one another; visited rooms, how far each
//! was seen, and who the reader is.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use holdline_shared::{PublishKey, RoomName};
use litemap::LiteMap;

use super::store::Store;
use crate::api::Storage;
use crate::state::{Action, Progress, RoomUi, Saved, Sending, State, Writing, keyed};
use crate::wire::storage as wire;

const ME: &str = "me";
const VISITED: &str = "visited";
const SEEN: &str = "seen";
const SENDING: &str = "sending:";
const WRITING: &str = "writing:";
/// The name of drafts in earlier versions, which kept only the composer's text.
const OLD_DRAFT: &str = "draft:";

/// The length above which unsent texts stay in this page only: browsers cannot write megabytes at every keystroke.
const LONGEST_WRITING: usize = 256 * 1024;

/// Loads what storage has kept.
pub(super) fn saved(storage: &Storage) -> Saved {
    let read_room = |(name, text): (String, String), start: &str| {
        Some((RoomName::parse(name.strip_prefix(start)?).ok()?, text))
    };
    let old = storage.all(OLD_DRAFT).into_iter().filter_map(|item| read_room(item, OLD_DRAFT));
    let old = old.map(|(room, draft)| (room, Writing { draft, ..Writing::default() }));
    let now = storage.all(WRITING).into_iter().filter_map(|item| read_room(item, WRITING));
    let now = now.map(|(room, text)| (room, wire::read_writing(&text)));
    Saved {
        is_known: storage.get(ME).is_some(),
        visited: wire::read_visited(&storage.get(VISITED).unwrap_or_default()),
        seen: wire::read_seen(&storage.get(SEEN).unwrap_or_default()),
        outbox: storage.all(SENDING).iter().filter_map(|(_, text)| wire::read_sending(text)).collect(),
        writing: keyed(old.chain(now)),
    }
}

/// The stored part of the state: writes changes, and receives those of other tabs.
#[derive(Clone)]
pub(super) struct Memory {
    storage: Storage,
    /// The texts in storage, by name, whichever tab wrote them. A text received from another tab must not be written
    /// again over what that tab has written since, and a text that it removed must not be put back.
    known: Rc<RefCell<LiteMap<String, String>>>,
}

impl Memory {
    /// Creates the memory of a page that started with what storage had kept.
    pub(super) fn new(storage: &Storage, store: &Store) -> Self {
        let state = store.state();
        let known = keyed(state.outbox.items().iter().map(kept_form));
        Self { storage: storage.clone(), known: Rc::new(RefCell::new(known)) }
    }

    /// Stores what has changed.
    pub(super) fn keep(&self, before: &State, after: &State) {
        let storage = &self.storage;
        if before.session.me != after.session.me
            && let Some(me) = &after.session.me
        {
            self.put(ME, Some(&wire::write_person(me)));
        }
        if !Rc::ptr_eq(&before.rooms.visited, &after.rooms.visited) {
            self.put(VISITED, Some(&wire::write_visited(&after.rooms.visited)));
        }
        if !Rc::ptr_eq(&before.rooms.seen, &after.rooms.seen) {
            // A tab that was frozen has missed what the others have seen meanwhile.
            let mut seen = (*after.rooms.seen).clone();
            seen.merge(&wire::read_seen(&storage.get(SEEN).unwrap_or_default()));
            self.put(SEEN, Some(&wire::write_seen(&seen)));
        }
        for (room, ui) in after.ui.rooms() {
            self.keep_writing(room, &before.ui.of(room), ui);
        }
        if before.outbox != after.outbox {
            self.keep_outbox(after);
        }
    }

    /// Whether another tab has removed a message from storage since this page wrote or read it.
    pub(super) fn lacks(&self, key: PublishKey) -> bool {
        // Where the reader has removed all that a site stores, nobody has discarded the message.
        self.storage.get(ME).is_some() && self.storage.get(&format!("{SENDING}{key}")).is_none()
    }

    fn keep_writing(&self, room: &RoomName, before: &Rc<RoomUi>, after: &Rc<RoomUi>) {
        if Rc::ptr_eq(before, after) || before.writing == after.writing {
            return;
        }
        self.storage.remove(&format!("{OLD_DRAFT}{room}"));
        let name = format!("{WRITING}{room}");
        if after.writing == Writing::default() {
            self.put(&name, None);
        } else if after.writing.bytes() <= LONGEST_WRITING {
            self.put(&name, Some(&wire::write_writing(&after.writing)));
        }
    }

    fn keep_outbox(&self, after: &State) {
        let is_unsent = |item: &&Rc<Sending>| !matches!(item.progress, Progress::Sent(_));
        let now = keyed(after.outbox.items().iter().filter(is_unsent).map(kept_form));
        let known: Vec<_> = self.known.borrow().keys().cloned().collect();
        for name in known.iter().filter(|name| name.starts_with(SENDING) && !now.contains_key(*name)) {
            self.put(name, None);
        }
        for (name, text) in &now {
            self.put(name, Some(text));
        }
    }

    /// Writes a text unless storage has it already, or removes it.
    fn put(&self, name: &str, text: Option<&str>) {
        let is_news = self.note(name, text);
        match text {
            Some(text) if is_news => self.storage.set(name, text),
            Some(_) => {}
            None => self.storage.remove(name),
        }
    }

    /// Records what storage has. Returns whether that is new.
    fn note(&self, name: &str, text: Option<&str>) -> bool {
        let mut known = self.known.borrow_mut();
        match text {
            Some(text) => known.insert(name.to_owned(), text.to_owned()).as_deref() != Some(text),
            None => known.remove(name).is_some(),
        }
    }

    /// Passes to the state what other tabs store, until the listener is dropped.
    pub(super) fn listen(&self, store: &Store) -> Option<EventListener> {
        let (memory, store) = (self.clone(), store.clone());
        self.storage.listen(move |name, text| {
            if let Some(action) = memory.hear(name, text.as_deref()) {
                store.dispatch(action);
            }
        })
    }

    fn hear(&self, name: &str, text: Option<&str>) -> Option<Action> {
        self.note(name, text);
        if let Some(key) = name.strip_prefix(SENDING).and_then(|key| key.parse().ok()) {
            return match text {
                Some(text) => wire::read_sending(text).map(Action::SentElsewhere),
                None => Some(Action::Discarded(key)),
            };
        }
        if let Some(room) = name.strip_prefix(WRITING) {
            let writing = text.map(wire::read_writing).unwrap_or_default();
            return RoomName::parse(room).ok().map(|room| Action::Wrote(room, writing));
        }
        match name {
            ME => wire::read_person(text?).map(Action::SignedIn),
            VISITED => Some(Action::VisitedElsewhere(wire::read_visited(text?))),
            SEEN => Some(Action::SeenElsewhere(wire::read_seen(text?))),
            _ => None,
        }
    }
}

/// The name and text of a message on its way.
fn kept_form(item: &Rc<Sending>) -> (String, String) {
    (name_of(item.request.key), wire::write_sending(item))
}

fn name_of(key: PublishKey) -> String {
    format!("{SENDING}{key}")
}
