//! Keeps the list of rooms up to date: at the start, when the page becomes visible, every minute while it is, if the
//! room on the screen is not in the list (the list that shows it missing may be old), if the reader was added to a room
//! or removed from one, and if somebody appears or writes and the page does not know whether they have an account.
//! Dialogs refresh it after changes that it shows. Loads the list of accounts with it, except after a change of
//! memberships.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use gloo_timers::callback::{Interval, Timeout};
use holdline_shared::{PersonId, RoomName, Seq};
use wasm_bindgen_futures::spawn_local;

use super::report::note_build;
use super::store::Store;
use crate::api::{self, Fault};
use crate::state::{Action, Phase, State};

const BEAT_MS: u32 = 10_000;
const BEATS_A_MINUTE: u32 = 6;

/// The time over which polling clients spread the requests that the same news triggers in all of them.
const SPREAD: Duration = Duration::from_secs(2);

/// The refresh of the lists when they lack something.
#[derive(Default)]
pub(super) struct RoomListRefresh {
    /// The things that the lists lacked at the last request.
    unlisted: RefCell<Unlisted>,
    /// Whether the first lists are being loaded.
    is_beginning: Rc<Cell<bool>>,
}

#[derive(Default, Clone, PartialEq)]
struct Unlisted {
    room: Option<RoomName>,
    memberships: Option<Seq>,
    author: Option<PersonId>,
}

impl RoomListRefresh {
    /// Loads the first lists.
    pub(super) fn begin(&self, store: &Store) {
        let (store, is_beginning) = (store.clone(), Rc::clone(&self.is_beginning));
        is_beginning.set(true);
        spawn_local(async move {
            store.until(|state| state.session.may_ask()).await;
            ask_for_rooms(&store).await;
            is_beginning.set(false);
            ask_for_people(&store).await;
        });
    }

    /// Loads the lists if they lack something that they did not lack before.
    pub(super) fn follow(&self, state: &State, store: &Store) {
        let is_unlisted = |name: &RoomName| !self.is_beginning.get() && state.rooms.summary(name).is_none();
        let is_complete = |phase: &Phase| matches!(phase, Phase::Ready | Phase::Missing);
        let room = state.room().filter(|room| is_complete(&room.phase) && is_unlisted(&room.name));
        let unlisted = Unlisted {
            room: room.map(|room| room.name.clone()),
            memberships: state.rooms.unlisted_memberships(),
            author: state.people.newcomer.clone(),
        };
        let before = self.unlisted.replace(unlisted.clone());
        if is_new(unlisted.room.as_ref(), before.room.as_ref())
            || is_new(unlisted.author.as_ref(), before.author.as_ref())
        {
            refresh(store);
        } else if is_new(unlisted.memberships.as_ref(), before.memberships.as_ref()) {
            let store = store.clone();
            let pause = api::millis(api::jitter().fraction_of(SPREAD));
            Timeout::new(pause, move || spawn_local(async move { ask_for_rooms(&store).await })).forget();
        }
    }
}

fn is_new<T: PartialEq>(unlisted: Option<&T>, before: Option<&T>) -> bool {
    unlisted.is_some() && unlisted != before
}

/// Loads the lists every minute while the page is visible, and more often while it waits for a missing room, until the
/// interval is dropped.
pub(super) fn each_minute(store: &Store) -> Interval {
    let store = store.clone();
    let mut beats = 0_u32;
    Interval::new(BEAT_MS, move || {
        beats += 1;
        let waits = || store.state().room().is_some_and(|room| room.phase == Phase::Missing);
        if api::dom::is_visible() && (beats.is_multiple_of(BEATS_A_MINUTE) || waits()) {
            refresh(&store);
        }
    })
}

/// Loads the lists.
pub(super) fn refresh(store: &Store) {
    let store = store.clone();
    spawn_local(async move { ask(&store).await });
}

async fn ask(store: &Store) {
    store.until(|state| state.session.may_ask()).await;
    ask_for_rooms(store).await;
    ask_for_people(store).await;
}

async fn ask_for_people(store: &Store) {
    store.until(|state| state.session.door.is_some()).await;
    if let Ok(profiles) = api::list_people().await {
        store.dispatch(Action::ProfilesCame(profiles));
    }
}

async fn ask_for_rooms(store: &Store) {
    // Without a response the old list stays; another place reports that the server is unreachable.
    if let Ok(list) = api::list_rooms().await {
        store.dispatch(Action::Listed(list));
        note_build(store);
        name_direct_rooms(store).await;
    }
}

/// Loads the members of the direct rooms, which are named after them.
async fn name_direct_rooms(store: &Store) {
    let nameless: Vec<_> = store.state().rooms.without_people().cloned().collect();
    for room in nameless {
        if let Ok(members) = api::list_members(&room).await {
            let people = members.into_iter().map(|member| member.person).collect();
            store.dispatch(Action::RoomPeopleCame(room, people));
        }
    }
}

/// Finds out whether a missing room belonged to a log that was replaced: loads the list, after which nothing in a new
/// log counts as seen. Loads nothing if the reader has seen nothing in the room.
pub(super) async fn learn_log(store: &Store, room: &RoomName) -> Result<(), Fault> {
    if store.state().rooms.had(room) {
        store.dispatch(Action::Listed(api::list_rooms().await?));
    }
    Ok(())
}
