//! Loads the newest page of a room's history, and makes the room if it is missing and the reader wants it. Leaves
//! showing the page to the caller.

use std::rc::Rc;

use holdline_shared::{History, RoomName};

use super::store::Store;
use super::{room_list, session};
use crate::api::{self, Change, Fault, Signal};
use crate::state::{Action, Phase, Room, State, is_made_by_server};

/// Loads a room's newest page of history, after creating the room if it is missing and the page may make it.
pub(super) async fn load_or_make(store: &Store, room: &RoomName, signal: &Signal) -> Result<History, Fault> {
    let page = match api::first_history(room).await {
        Some(page) => page,
        None => load_unless_missing(store, room, signal).await,
    };
    match page {
        Err(fault) if fault.is_missing_room() => {
            room_list::learn_log(store, room).await?;
            if store.state().rooms.summary(room).is_some() {
                // Somebody has made it meanwhile.
                return api::history(room, signal).await;
            }
            if !store.state().may_make(room) {
                return Err(fault);
            }
            make_room(store, room).await?;
            api::history(room, signal).await
        }
        page => page,
    }
}

/// Loads the newest page of a room that may be missing. Sends no request for a room that the list shows to be missing,
/// because browsers log each 404 in their console.
async fn load_unless_missing(store: &Store, room: &RoomName, signal: &Signal) -> Result<History, Fault> {
    let was_there = |state: &State| state.rooms.visited.contains(room) || *room == RoomName::lobby();
    if store.state().rooms.list.is_empty() && !was_there(&store.state()) && !is_made_by_server(room) {
        store.dispatch(Action::Listed(api::list_rooms().await?));
    }
    let state = store.state();
    // A room that was joined may be too new for the list.
    let is_unloaded = |room: &Rc<Room>| room.phase != Phase::Joining && room.lines.is_empty();
    if state.rooms.lacks(room) && state.rooms.get(room).is_some_and(is_unloaded) {
        return Err(Fault::missing_room());
    }
    api::history(room, signal).await
}

async fn make_room(store: &Store, room: &RoomName) -> Result<(), Fault> {
    store.until(|state| state.session.me.is_some()).await;
    session::make(store, &Change::MakeRoom(room.clone())).await
}
