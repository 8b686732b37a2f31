//! Presence: who is here. Ephemeral, never in the log. Each room keeps its own people ([`room_presence`]);
//! this file has the leases that polls hold, and the list of rooms with people, which need periodic care. No
//! poll takes a lock that polls of other rooms take.
//!
//! [`room_presence`]: super::room_presence

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use holdline_shared::{Person, PersonId, PresenceTag, RoomName};
use smallvec::SmallVec;

use super::feed::{Feed, Tag};
use super::room::Room;
use super::room_presence::Stay;
use super::sync::Mutex;
use crate::scope::Scope;

/// The rooms with people in them, or with people a moment ago.
pub(super) struct Presence {
    occupied: Mutex<HashMap<RoomName, Arc<Room>>>,
}

/// A person's presence in some rooms, which ends a grace after the lease is dropped. A poll with presence
/// owns one.
pub struct PresenceLease {
    /// The rooms, each once, ordered by name.
    places: SmallVec<[Place; 1]>,
    /// The tag of the presence that the person was last told.
    known: Option<Tag>,
}

struct Place {
    room: Arc<Room>,
    stay: Stay,
}

/// Presence as a poll's answer contains it.
pub(super) struct PresenceUpdate {
    pub(super) tag: Tag,
    /// `{"tag":"…","rooms":{…}}`
    pub(super) json: Bytes,
}

impl Presence {
    pub(super) fn new() -> Self {
        Self { occupied: Mutex::new(HashMap::new()) }
    }

    /// Marks a person as present in these rooms.
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

    /// Removes this person from every room at once.
    pub(super) fn leave(&self, person: &PersonId) {
        self.update(|room| room.presence().leave(person));
    }

    /// Renames this person in every room.
    pub(super) fn rename(&self, person: &Person) {
        self.update(|room| room.presence().rename(person));
    }

    /// Removes people whose grace is over, and publishes the changes that are due. To be called periodically.
    pub(super) fn tick(&self, grace: Duration) {
        self.update(|room| {
            let unlist = || drop(self.occupied.lock().remove(room.name()));
            room.presence().tick(grace, unlist)
        });
    }

    /// The number of rooms in periodic care.
    #[cfg(test)]
    pub(super) fn occupied(&self) -> usize {
        self.occupied.lock().len()
    }

    /// Makes a change in each listed room, and notifies the watchers of rooms in which a change was
    /// published.
    fn update(&self, change: impl Fn(&Room) -> bool) {
        let rooms: Vec<_> = self.occupied.lock().values().cloned().collect();
        for room in rooms.iter().filter(|room| change(room)) {
            room.feed().notify();
        }
    }
}

impl PresenceLease {
    /// The tag of the present state, if it differs from the one that the person was told.
    pub(super) fn news(&self) -> Option<Tag> {
        let tag = combine(self.places.iter().map(|place| place.room.presence().tag()));
        (self.known != Some(tag)).then_some(tag)
    }

    /// The present state, encoded.
    pub(super) fn update(&self) -> PresenceUpdate {
        let (tags, rooms): (Vec<Tag>, Vec<Bytes>) =
            self.places.iter().map(|place| place.room.presence().published()).unzip();
        let tag = combine(tags.into_iter());
        let mut json = format!("{{\"tag\":\"{tag:016x}\",\"rooms\":{{").into_bytes();
        json.extend_from_slice(&rooms.join(&b','));
        json.extend_from_slice(b"}}");
        PresenceUpdate { tag, json: json.into() }
    }

    /// The feeds of the lease's rooms, which are notified of changes.
    pub(super) fn feeds(&self) -> impl Iterator<Item = &Arc<Feed>> {
        self.places.iter().map(|place| place.room.feed())
    }

    /// Ends the person's presence, without grace, in those of the lease's rooms that `scope` does not allow. Returns whether
    /// it allows all of them.
    pub(super) fn withdraw_beyond(&self, scope: &Scope) -> bool {
        let mut allows_all = true;
        for place in self.places.iter().filter(|place| !scope.allows(place.room.name())) {
            allows_all = false;
            if place.room.presence().withdraw(place.stay) {
                place.room.feed().notify();
            }
        }
        allows_all
    }

    /// Whether the lease has no room but this feed's.
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

/// Combines the tags of several rooms into one. The tag of a single room is unchanged.
fn combine(tags: impl Iterator<Item = Tag>) -> Tag {
    // An odd multiplier (2^64 divided by the golden ratio) spreads every bit upwards; the rotation brings the
    // upper bits down again.
    tags.fold(0, |all, tag| all.rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ tag)
}

/// Parses a tag as written by [`PresenceLease::update`]. Any other text is no tag.
fn parse_tag(tag: &PresenceTag) -> Option<Tag> {
    (tag.len() == 16).then(|| Tag::from_str_radix(tag, 16).ok()).flatten()
}
