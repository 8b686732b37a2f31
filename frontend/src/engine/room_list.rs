//! Keeps the list of rooms fresh: at the start, when the page becomes visible, every minute while it is, and when a
//! room is on the screen that the list does not have.

use std::cell::RefCell;

use gloo_timers::callback::Interval;
use holdline_shared::RoomName;
use wasm_bindgen_futures::spawn_local;

use super::store::Store;
use super::subscription::note_build;
use crate::api;
use crate::state::{Action, Phase, State};

const MINUTE_MS: u32 = 60_000;

/// The room that the list did not have when it was asked for last.
#[derive(Default)]
pub(super) struct RoomListRefresh(RefCell<Option<RoomName>>);

impl RoomListRefresh {
    /// Asks for the list when it lacks the room on the screen.
    pub(super) fn follow(&self, state: &State, store: &Store) {
        let is_missing = |name: &RoomName| state.rooms.summary(name).is_none();
        let ready = state.room().filter(|room| room.phase == Phase::Ready && is_missing(&room.name));
        let missing = ready.map(|room| room.name.clone());
        if self.0.replace(missing.clone()) != missing && missing.is_some() {
            refresh(store);
        }
    }
}

/// Asks each minute until it is dropped.
pub(super) fn each_minute(store: &Store) -> Interval {
    let store = store.clone();
    Interval::new(MINUTE_MS, move || {
        if api::dom::is_visible() {
            refresh(&store);
        }
    })
}

/// Asks for the list.
pub(super) fn refresh(store: &Store) {
    let store = store.clone();
    spawn_local(async move {
        store.until(|state| state.session.may_ask()).await;
        // Without an answer the old list stays; that the server cannot be reached is said elsewhere.
        if let Ok(list) = api::list_rooms().await {
            store.dispatch(Action::Listed(list));
            note_build(&store);
            name_direct_rooms(&store).await;
        }
        if store.state().session.door.is_some()
            && let Ok(profiles) = api::list_people().await
        {
            store.dispatch(Action::ProfilesCame(profiles));
        }
    });
}

/// Asks who is in the direct rooms, which are called by that.
async fn name_direct_rooms(store: &Store) {
    let nameless: Vec<_> = store.state().rooms.without_people().cloned().collect();
    for room in nameless {
        if let Ok(members) = api::list_members(&room).await {
            let people = members.into_iter().map(|member| member.person).collect();
            store.dispatch(Action::RoomPeopleCame(room, people));
        }
    }
}
