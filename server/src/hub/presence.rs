//! Who is here. Ephemeral, never in the log: somebody is here while a poll of theirs is held, and for a grace after.
//!
//! Changes are gathered: the first after a quiet time is told at once, further ones after a pause that grows with the
//! room, so that a large room does not keep itself busy with its own comings and goings.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use holdline_shared::limits::PEOPLE_LISTED;
use holdline_shared::{Here, Person, PersonId, Presence, PresenceTag, RoomName};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::Hub;
use super::waiters::{Place, Waiters};
use crate::random;

/// The pause between two tellings in a small room.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause grows by itself once for as many people as this.
const PEOPLE_PER_PAUSE: u32 = 50;

/// Everybody who is here, by room.
pub(super) struct Attendance {
    /// Distinguishes this server's tags from those of another one or of an earlier run.
    run: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rooms: HashMap<RoomName, Crowd>,
    /// Who held no poll any more, and when that began; each guest once.
    leaving: VecDeque<(Instant, RoomName, PersonId)>,
}

/// The people of one room.
#[derive(Default)]
struct Crowd {
    people: HashMap<PersonId, Guest>,
    version: u64,
    /// What was told last.
    told: Here,
    told_at: Option<Instant>,
    has_changed: bool,
    waiters: Waiters,
}

struct Guest {
    person: Person,
    polls: u32,
    /// Since when no poll is held.
    idle_since: Option<Instant>,
    /// Whether `leaving` has this guest already.
    is_listed: bool,
}

impl Attendance {
    pub(super) fn new() -> Self {
        Self { run: random::word() >> 32, state: Mutex::default() }
    }

    /// How many are here, as last told.
    pub(super) fn count(&self, room: &RoomName) -> usize {
        self.state.lock().rooms.get(room).map_or(0, |crowd| crowd.told.count)
    }

    /// A poll of this person begins.
    pub(super) fn arrive(&self, rooms: &[RoomName], person: &Person) {
        let mut woken = Vec::new();
        let mut state = self.state.lock();
        for room in rooms {
            let crowd = state.rooms.entry(room.clone()).or_default();
            let guest = crowd.people.entry(person.id.clone()).or_insert_with(|| {
                crowd.has_changed = true;
                Guest { person: person.clone(), polls: 0, idle_since: None, is_listed: false }
            });
            if guest.person != *person {
                guest.person = person.clone();
                crowd.has_changed = true;
            }
            guest.polls += 1;
            guest.idle_since = None;
            woken.append(&mut crowd.tell_if_due());
        }
        drop(state);
        wake(woken);
    }

    /// A poll of this person ends.
    pub(super) fn release(&self, rooms: &[RoomName], person: &PersonId) {
        let mut state = self.state.lock();
        let now = Instant::now();
        for room in rooms {
            let Some(guest) = state.rooms.get_mut(room).and_then(|crowd| crowd.people.get_mut(person)) else {
                continue;
            };
            guest.polls = guest.polls.saturating_sub(1);
            if guest.polls == 0 {
                guest.idle_since = Some(now);
                if !std::mem::replace(&mut guest.is_listed, true) {
                    state.leaving.push_back((now, room.clone(), person.clone()));
                }
            }
        }
    }

    /// This person leaves every room, now.
    pub(super) fn leave(&self, person: &PersonId) {
        let mut woken = Vec::new();
        for crowd in self.state.lock().rooms.values_mut() {
            if crowd.people.remove(person).is_some() {
                crowd.has_changed = true;
                woken.append(&mut crowd.tell_if_due());
            }
        }
        wake(woken);
    }

    /// This person has another nickname.
    pub(super) fn rename(&self, person: &Person) {
        let mut woken = Vec::new();
        for crowd in self.state.lock().rooms.values_mut() {
            if let Some(guest) = crowd.people.get_mut(&person.id)
                && guest.person != *person
            {
                guest.person = person.clone();
                crowd.has_changed = true;
                woken.append(&mut crowd.tell_if_due());
            }
        }
        wake(woken);
    }

    /// Names the present state of these rooms.
    pub(super) fn tag(&self, rooms: &[RoomName]) -> PresenceTag {
        self.state.lock().tag(self.run, rooms)
    }

    /// The present state of these rooms, unless `known` names it.
    pub(super) fn news(&self, rooms: &[RoomName], known: Option<&PresenceTag>) -> Option<Presence> {
        let state = self.state.lock();
        let tag = state.tag(self.run, rooms);
        if Some(&tag) == known {
            return None;
        }
        let here =
            |room: &RoomName| state.rooms.get(room).map(|crowd| crowd.told.clone()).unwrap_or_default();
        let rooms: BTreeMap<_, _> = rooms.iter().map(|room| (room.clone(), here(room))).collect();
        Some(Presence { tag, rooms })
    }

    pub(super) fn join(&self, room: &RoomName, place: Option<Place>, waker: &Waker) -> Option<Place> {
        let mut state = self.state.lock();
        let waiters = &mut state.rooms.get_mut(room)?.waiters;
        if let Some(place) = place {
            if waiters.holds(place, waker) {
                return Some(place);
            }
            waiters.leave(place);
        }
        Some(waiters.join(waker.clone()))
    }

    pub(super) fn quit(&self, room: &RoomName, place: Place) {
        if let Some(crowd) = self.state.lock().rooms.get_mut(room) {
            crowd.waiters.leave(place);
        }
    }

    /// Lets those go whose grace is over, and tells what is due. To be called every now and then.
    fn tick(&self, grace: Duration) {
        let mut woken = Vec::new();
        let mut state = self.state.lock();
        let now = Instant::now();
        while state.leaving.front().is_some_and(|(since, ..)| *since + grace <= now) {
            let Some((_, room, person)) = state.leaving.pop_front() else { break };
            let Some(crowd) = state.rooms.get_mut(&room) else { continue };
            let Some(guest) = crowd.people.get_mut(&person) else { continue };
            match guest.idle_since {
                Some(since) if since + grace <= now => {
                    crowd.people.remove(&person);
                    crowd.has_changed = true;
                }
                // Here again since, and gone again: looked at once more when that grace is over.
                Some(since) => state.leaving.push_back((since, room, person)),
                None => guest.is_listed = false,
            }
        }
        for crowd in state.rooms.values_mut() {
            woken.append(&mut crowd.tell_if_due());
        }
        state.rooms.retain(|_, crowd| !crowd.is_deserted());
        drop(state);
        wake(woken);
    }
}

impl State {
    fn tag(&self, run: u64, rooms: &[RoomName]) -> PresenceTag {
        let version = |room| self.rooms.get(room).map_or(0, |crowd: &Crowd| crowd.version);
        rooms.iter().fold(format!("{run:08x}"), |tag, room| format!("{tag}.{}", version(room)))
    }
}

impl Crowd {
    /// Makes the changes known when the pause is over; answers who has to be woken.
    fn tell_if_due(&mut self) -> Vec<Option<Waker>> {
        let now = Instant::now();
        let people = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        let pause = PAUSE * (people / PEOPLE_PER_PAUSE).max(1);
        if !self.has_changed || self.told_at.is_some_and(|at| at + pause > now) {
            return Vec::new();
        }
        self.has_changed = false;
        self.told_at = Some(now);
        let mut people: Vec<Person> = self.people.values().map(|guest| guest.person.clone()).collect();
        people.sort_unstable_by(|a, b| (a.name.as_str(), &a.id).cmp(&(b.name.as_str(), &b.id)));
        people.truncate(PEOPLE_LISTED);
        let here = Here { count: self.people.len(), people };
        if here == self.told {
            return Vec::new();
        }
        self.told = here;
        // Versions are random-based so that a deserted and refilled room does not repeat one.
        self.version = if self.version == 0 { random::word() >> 40 | 1 } else { self.version + 1 };
        self.waiters.take_all()
    }

    /// Nobody is here, all know it, and nobody waits for somebody.
    fn is_deserted(&self) -> bool {
        self.people.is_empty() && !self.has_changed && self.told.count == 0 && self.waiters.is_empty()
    }
}

/// To be called outside of the lock.
fn wake(wakers: Vec<Option<Waker>>) {
    wakers.into_iter().flatten().for_each(Waker::wake);
}

/// Keeps presence up to date for as long as the hub lives.
pub(super) fn keep_up_to_date(hub: &Arc<Hub>) -> impl Future<Output = ()> + Send + 'static {
    let hub = Arc::downgrade(hub);
    async move {
        let mut ticks = tokio::time::interval(PAUSE / 2);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let Some(hub) = hub.upgrade() else { return };
            hub.attendance.tick(hub.config.grace);
        }
    }
}
