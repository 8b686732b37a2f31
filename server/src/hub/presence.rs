//! Presence: who is here. Ephemeral, never in the log. Each room keeps its own people ([`room_presence`]); here are the leases
//! that polls hold, and the rooms that have to be looked after because somebody is here. No poll takes a lock that polls of
//! other rooms take.
//!
//! [`room_presence`]: super::room_presence

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use holdline_shared::{Person, PersonId, PresenceTag, RoomName};

use super::feed::{Feed, Tag};
use super::room::Room;
use super::room_presence::Stay;
use super::sync::Mutex;

/// The rooms in which somebody is, or was a moment ago.
pub(super) struct Presence {
    occupied: Mutex<HashMap<RoomName, Arc<Room>>>,
}

/// A person's presence in some rooms: it ends a grace after the lease is dropped. A poll holds one while it is held.
pub struct PresenceLease {
    /// Each room once, in the order of their names.
    places: Box<[Place]>,
    /// Names the presence that the person knows.
    known: Option<Tag>,
}

struct Place {
    room: Arc<Room>,
    stay: Stay,
}

/// Presence as a poll is told it.
pub(super) struct PresenceUpdate {
    pub(super) tag: Tag,
    /// `{"tag":"…","rooms":{…}}`
    pub(super) json: Bytes,
}

impl Presence {
    pub(super) fn new() -> Self {
        Self { occupied: Mutex::new(HashMap::new()) }
    }

    /// Marks a person as here in these rooms.
    pub(super) fn enter(
        &self,
        rooms: impl Iterator<Item = Arc<Room>>,
        person: &Person,
        known: Option<&PresenceTag>,
    ) -> PresenceLease {
        let arrive = |room: Arc<Room>| {
            let list = || drop(self.occupied.lock().insert(room.name().clone(), room.clone()));
            let (stay, is_published) = room.presence().arrive(person, list);
            if is_published {
                room.feed().notify();
            }
            Place { room, stay }
        };
        PresenceLease { places: rooms.map(arrive).collect(), known: known.and_then(parse_tag) }
    }

    /// This person leaves every room, now.
    pub(super) fn leave(&self, person: &PersonId) {
        self.update(|room| room.presence().leave(person));
    }

    /// This person has another nickname.
    pub(super) fn rename(&self, person: &Person) {
        self.update(|room| room.presence().rename(person));
    }

    /// Lets those go whose grace is over, and publishes what is due. To be called every now and then.
    pub(super) fn tick(&self, grace: Duration) {
        self.update(|room| {
            let unlist = || drop(self.occupied.lock().remove(room.name()));
            room.presence().tick(grace, unlist)
        });
    }

    /// How many rooms are looked after.
    #[cfg(test)]
    pub(super) fn occupied(&self) -> usize {
        self.occupied.lock().len()
    }

    /// Makes a change in each occupied room, and notifies the watchers of rooms in which it was published.
    fn update(&self, change: impl Fn(&Room) -> bool) {
        let rooms: Vec<_> = self.occupied.lock().values().cloned().collect();
        for room in rooms.iter().filter(|room| change(room)) {
            room.feed().notify();
        }
    }
}

impl PresenceLease {
    /// Names the present state, when it is not what the person knows.
    pub(super) fn news(&self) -> Option<Tag> {
        let tag = combine(self.places.iter().map(|place| place.room.presence().tag()));
        (self.known != Some(tag)).then_some(tag)
    }

    /// The present state.
    pub(super) fn update(&self) -> PresenceUpdate {
        let (tags, rooms): (Vec<Tag>, Vec<Bytes>) =
            self.places.iter().map(|place| place.room.presence().published()).unzip();
        let tag = combine(tags.into_iter());
        let mut json = format!("{{\"tag\":\"{tag:016x}\",\"rooms\":{{").into_bytes();
        json.extend_from_slice(&rooms.join(&b','));
        json.extend_from_slice(b"}}");
        PresenceUpdate { tag, json: json.into() }
    }

    /// The feeds of its rooms, which are notified of changes.
    pub(super) fn feeds(&self) -> impl Iterator<Item = &Arc<Feed>> {
        self.places.iter().map(|place| place.room.feed())
    }

    /// Whether it is for no room but this feed's.
    pub(super) fn is_within(&self, feed: &Arc<Feed>) -> bool {
        self.feeds().all(|own| Arc::ptr_eq(own, feed))
    }
}

impl Drop for PresenceLease {
    fn drop(&mut self) {
        for place in &self.places {
            place.room.presence().release(place.stay);
        }
    }
}

/// One name for the states of several rooms. That of one room is its own.
fn combine(tags: impl Iterator<Item = Tag>) -> Tag {
    // An odd multiplier (2^64 divided by the golden ratio) spreads every bit upwards, the rotation brings them down again.
    tags.fold(0, |all, tag| all.rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ tag)
}

/// Reads a tag as [`PresenceLease::update`] writes it. Any other text names nothing.
fn parse_tag(tag: &PresenceTag) -> Option<Tag> {
    (tag.len() == 16).then(|| Tag::from_str_radix(tag, 16).ok()).flatten()
}
