//! The series of polls for all rooms that this reader follows: reports its news to the state, and loads the room on the
//! screen again after a gap.

use std::rc::Rc;

use holdline_shared::{Cursor, Status};
use yew::Callback;

use super::driver::Driver;
use super::join::closed;
use super::newest_page::load_or_make;
use super::news::{News, Repair};
use super::report::note_build;
use super::session;
use super::store::Store;
use super::wakes::{Wake, Wakes};
use crate::api::{self, Fault, Signal, Storage};
use crate::state::Action;

/// Creates the driver of the page's subscription, which starts when the first room is joined.
pub(super) fn subscribe(store: &Store, wakes: &Wakes, storage: Storage) -> Driver {
    let renewing = store.clone();
    Driver::new(
        storage,
        hearing(store.clone(), wakes.clone()),
        repairing(store.clone()),
        Rc::new(move || {
            let store = renewing.clone();
            Box::pin(async move { session::renew(&store).await })
        }),
    )
}

fn hearing(store: Store, wakes: Wakes) -> Callback<News> {
    Callback::from(move |news| match news {
        News::Batch(batch) => {
            note_build(&store);
            store.dispatch(Action::Heard(batch));
        }
        News::Hurried => wakes.ring(Wake::NowElsewhere),
        News::SignedIn(me) => store.dispatch(Action::SignedIn(me)),
        News::ShutOut(fault) => session::shut_out(&store, &fault),
        News::SignInNeeded => store.dispatch(Action::SignInNeeded),
        News::Status(Status::Live) if store.state().connection.status == Status::Live => {}
        News::Status(status) => store.dispatch(Action::Connected(status, api::wall_clock())),
    })
}

fn repairing(store: Store) -> Repair {
    Rc::new(move |signal| {
        let store = store.clone();
        Box::pin(async move { repair(&store, &signal).await })
    })
}

/// Loads the room on the screen again. The other rooms are joined when they are entered.
async fn repair(store: &Store, signal: &Signal) -> Result<Cursor, Fault> {
    let list = api::list_rooms().await?;
    let listed_at = list.cursor;
    store.dispatch(Action::LostPlace);
    store.dispatch(Action::Listed(list));
    let state = store.state();
    let Some(shown) = state.room() else { return Ok(listed_at) };
    let room = shown.name.clone();
    if state.rooms.had(&room) && shown.phase.is_closed() {
        return Ok(listed_at);
    }
    if state.rooms.is_deleted(&room) {
        store.dispatch(closed(room, &Fault::missing_room()));
        return Ok(listed_at);
    }
    let page = match load_or_make(store, &room, signal).await {
        Err(fault) if fault.is_missing_room() => {
            // The other rooms are polled nevertheless.
            if !signal.is_over() {
                store.dispatch(closed(room, &fault));
            }
            return Ok(listed_at);
        }
        page => page?,
    };
    let read_at = page.cursor;
    if !signal.is_over() {
        store.dispatch(Action::Joined(room, page));
    }
    Ok(read_at)
}
