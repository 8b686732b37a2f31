//! The people of one room. A person is present while a poll of theirs is held, and for a grace after that.
//!
//! Changes are published in groups: the first after a quiet time at once, further ones after a pause that
//! doubles each time, up to a bound that grows with the room. So a crowd that arrives is counted soon, and a
//! large room does not keep itself busy with arrivals and departures. Each published state is encoded once,
//! and its tag is a hash of its bytes, so that two servers with the same people agree.

use std::time::Duration;

use bytes::Bytes;
use foldhash::HashMap;
use holdline_shared::limits::PEOPLE_LISTED;
use holdline_shared::{Here, Person, PersonId, RoomName};
use sha2::{Digest, Sha256};
use slab::Slab;
use tokio::time::Instant;

use super::feed::Tag;
use super::sync::{AtomicU64, Mutex, Ordering, now};

/// The pause between two published changes of a small room, and after the first change of any room.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
/// The number of people who are told of changes within a second, at most, while changes continue.
const TOLD_PER_SECOND: u32 = 200;
/// The longest pause, however large the room.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The presence of one room.
pub(super) struct RoomPresence {
    room: RoomName,
    /// The tag of the published state. Read without the lock.
    tag: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    members: Slab<Member>,
    by_id: HashMap<PersonId, u32>,
    last_stay: u64,
    /// The earliest time since which a member may have been idle.
    oldest_idle: Option<Instant>,
    has_changed: bool,
    /// The published state; `None` if it is empty.
    published: Option<Published>,
    published_at: Option<Instant>,
    /// The time between `published_at` and the next publication.
    pause: Duration,
    /// Whether the room is in the list of rooms in periodic care.
    is_listed: bool,
}

struct Published {
    count: usize,
    /// `"room":{"count":…,"people":[…]}`
    json: Bytes,
}

struct Member {
    person: Person,
    stay: u64,
    polls: u32,
    /// The time since which no poll of the member is held.
    idle_since: Option<Instant>,
}

/// Identifies a member's stay in the room: a person who left and came back has another stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stay {
    index: u32,
    number: u64,
}

impl RoomPresence {
    /// Makes the presence of an empty room.
    pub(super) fn new(room: RoomName) -> Self {
        let tag = tag_of(&encode(&room, &Here::default()));
        Self { room, tag: AtomicU64::new(tag), state: Mutex::new(State::default()) }
    }

    /// The tag of the published state.
    pub(super) fn tag(&self) -> Tag {
        self.tag.load(Ordering::Acquire)
    }

    /// The published state and its tag.
    pub(super) fn published(&self) -> (Tag, Bytes) {
        let state = self.state.lock();
        let json = state.published.as_ref().map(|published| published.json.clone());
        (self.tag(), json.unwrap_or_else(|| encode(&self.room, &Here::default())))
    }

    /// The published number of people.
    pub(super) fn count(&self) -> usize {
        self.state.lock().published.as_ref().map_or(0, |published| published.count)
    }

    /// Whether the published state is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.state.lock().members.is_empty()
    }

    /// Begins a poll of this person. Returns the stay that it belongs to, and whether a change was published.
    /// `list` is called if the room needs periodic care from now on.
    pub(super) fn arrive(&self, person: &Person, list: impl FnOnce()) -> (Stay, bool) {
        let mut state = self.state.lock();
        let State { members, by_id, last_stay, has_changed, is_listed, .. } = &mut *state;
        if !std::mem::replace(is_listed, true) {
            list();
        }
        let index = if let Some(&index) = by_id.get(&person.id) {
            index
        } else {
            *has_changed = true;
            *last_stay += 1;
            let member = Member { person: person.clone(), stay: *last_stay, polls: 0, idle_since: None };
            // The members of a room fit into memory, so their number fits into u32.
            let index = u32::try_from(members.insert(member)).unwrap_or(u32::MAX);
            by_id.insert(person.id.clone(), index);
            index
        };
        let mut number = 0;
        if let Some(member) = members.get_mut(index as usize) {
            // While another poll of this person is held, a poll with an older session does not restore their
            // old name: two such clients would rename each other for ever.
            if member.polls == 0 && member.person.name != person.name {
                member.person.name = person.name.clone();
                *has_changed = true;
            }
            member.polls += 1;
            member.idle_since = None;
            number = member.stay;
        }
        (Stay { index, number }, self.publish_if_due(&mut state))
    }

    /// Ends a poll that belonged to this stay. If the stay has ended meanwhile, this has no effect.
    pub(super) fn release(&self, stay: Stay) {
        let mut state = self.state.lock();
        let member = state.members.get_mut(stay.index as usize);
        let Some(member) = member.filter(|member| member.stay == stay.number) else { return };
        member.polls = member.polls.saturating_sub(1);
        if member.polls == 0 {
            let now = now();
            member.idle_since = Some(now);
            state.oldest_idle.get_or_insert(now);
        }
    }

    /// Removes this person at once; returns whether a change was published.
    pub(super) fn leave(&self, person: &PersonId) -> bool {
        let mut state = self.state.lock();
        let Some(index) = state.by_id.remove(person) else { return false };
        state.members.try_remove(index as usize);
        state.has_changed = true;
        self.publish_if_due(&mut state)
    }

    /// Ends this stay at once; returns whether a change was published.
    pub(super) fn withdraw(&self, stay: Stay) -> bool {
        let mut state = self.state.lock();
        let State { members, by_id, has_changed, .. } = &mut *state;
        let Some(member) = members.get(stay.index as usize) else { return false };
        if member.stay != stay.number {
            return false;
        }
        by_id.remove(&member.person.id);
        members.remove(stay.index as usize);
        *has_changed = true;
        self.publish_if_due(&mut state)
    }

    /// Renames this person; returns whether a change was published.
    pub(super) fn rename(&self, person: &Person) -> bool {
        let mut state = self.state.lock();
        let State { members, by_id, has_changed, .. } = &mut *state;
        let member = by_id.get(&person.id).and_then(|index| members.get_mut(*index as usize));
        let Some(member) = member.filter(|member| member.person.name != person.name) else { return false };
        member.person.name = person.name.clone();
        *has_changed = true;
        self.publish_if_due(&mut state)
    }

    /// Removes people whose grace is over, and publishes the changes that are due; returns whether a change
    /// was published. To be called periodically. `unlist` is called if the room needs no more care.
    pub(super) fn tick(&self, grace: Duration, unlist: impl FnOnce()) -> bool {
        let mut state = self.state.lock();
        let now = now();
        let is_over = |since: Option<Instant>| since.is_some_and(|since| since + grace <= now);
        if is_over(state.oldest_idle) {
            let State { members, by_id, has_changed, oldest_idle, .. } = &mut *state;
            members.retain(|_, member| {
                let stays = !is_over(member.idle_since);
                if !stays {
                    by_id.remove(&member.person.id);
                    *has_changed = true;
                }
                stays
            });
            *oldest_idle = members.iter().filter_map(|(_, member)| member.idle_since).min();
        }
        let is_published = self.publish_if_due(&mut state);
        if state.members.is_empty() && !state.has_changed && state.published.is_none() {
            // Stays continue to be numbered, because polls of earlier ones may still end.
            *state = State { last_stay: state.last_stay, ..State::default() };
            unlist();
        }
        is_published
    }

    /// Publishes changes if the pause is over; returns whether the published state has changed.
    fn publish_if_due(&self, state: &mut State) -> bool {
        if !state.has_changed {
            return false;
        }
        let now = now();
        if state.published_at.is_some_and(|at| at + state.pause > now) {
            return false;
        }
        state.has_changed = false;
        state.pause = state.next_pause(now);
        state.published_at = Some(now);
        let here = state.here();
        let json = encode(&self.room, &here);
        let tag = tag_of(&json);
        state.published = (here.count > 0).then_some(Published { count: here.count, json });
        self.tag.swap(tag, Ordering::AcqRel) != tag
    }
}

impl State {
    /// Counts the people and lists the first of them, by nickname.
    fn here(&self) -> Here {
        let by_name = |a: &&Person, b: &&Person| (a.name.as_str(), &a.id).cmp(&(b.name.as_str(), &b.id));
        let mut people: Vec<&Person> = self.members.iter().map(|(_, member)| &member.person).collect();
        if people.len() > PEOPLE_LISTED {
            people.select_nth_unstable_by(PEOPLE_LISTED, by_name);
            people.truncate(PEOPLE_LISTED);
        }
        people.sort_unstable_by(by_name);
        Here { count: self.members.len(), people: people.into_iter().cloned().collect() }
    }

    /// The pause after a publication: short after a quiet time, and doubled while changes continue.
    fn next_pause(&self, now: Instant) -> Duration {
        let was_quiet = self.published_at.is_none_or(|at| at + self.pause * 2 <= now);
        if was_quiet {
            return PAUSE;
        }
        let people = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        let bound = (PAUSE * (people / TOLD_PER_SECOND)).clamp(PAUSE, LONGEST_PAUSE);
        (self.pause * 2).clamp(PAUSE, bound)
    }
}

/// The room's part of a presence update: `"room":{"count":…,"people":[…]}`.
fn encode(room: &RoomName, here: &Here) -> Bytes {
    let mut json = Vec::new();
    // Encoding names and numbers into memory cannot fail.
    let _ = serde_json::to_writer(&mut json, room);
    json.push(b':');
    let _ = serde_json::to_writer(&mut json, here);
    json.into()
}

/// Hashes to eight bytes, so that equal content has the same tag on every server and in every run.
fn tag_of(json: &[u8]) -> Tag {
    let hash = Sha256::digest(json);
    hash.iter().take(8).fold(0, |tag, byte| tag << 8 | Tag::from(*byte))
}
