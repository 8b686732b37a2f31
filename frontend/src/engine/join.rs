//! Joins the room on the screen: loads its history, creates the room if it is missing and the reader asks for it or was
//! there before, adds it to the poll, and retries until this succeeds or the server refuses for good.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use holdline_shared::{Backoff, History, ProblemCode, RoomName, Seq};
use wasm_bindgen_futures::spawn_local;

use super::driver::Driver;
use super::report::report;
use super::store::Store;
use super::wakes::Wakes;
use super::{pause, room_list, session, snapshot};
use crate::api::{self, AbortOnDrop, Change, Fault, Signal};
use crate::state::{Action, Goal, Notice, Older, Phase, Room, State, is_made_by_server};
use crate::words;

/// The join in progress, if any.
#[derive(Default)]
pub(super) struct Join(RefCell<Option<(RoomName, AbortOnDrop)>>);

impl Join {
    /// Joins the room on the screen if it is not joined yet; cancels the join of a room that was left. Reading needs no
    /// session, so history is requested while the session is being set up.
    pub(super) fn follow(&self, state: &State, store: &Store, driver: &Driver, wakes: &Wakes) {
        let is_open = |room: &&Rc<Room>| matches!(room.phase, Phase::Idle | Phase::Joining);
        let wanted = state.room().filter(is_open).map(|room| &room.name);
        if wanted != self.0.borrow().as_ref().map(|(room, _)| room) {
            let joining = wanted.cloned().map(|room| {
                let guard = AbortOnDrop::new();
                let task = join(store.clone(), driver.clone(), wakes.clone(), room.clone(), guard.signal());
                spawn_local(task);
                (room, guard)
            });
            self.0.replace(joining);
        }
        if let Some(room) = state.room() {
            reach_goal(state, store, room);
        }
    }
}

/// Loads the page of history that ends with the message that the reader wants to see, if it is not loaded.
fn reach_goal(state: &State, store: &Store, room: &Room) {
    let Some(Goal::Message(seq)) = state.ui.of(&room.name).goal else { return };
    if room.phase == Phase::Ready && room.older != Older::Loading && room.may_lack(seq) {
        let (store, room, before) = (store.clone(), room.name.clone(), seq.next());
        store.dispatch(Action::OlderAsked(room.clone()));
        spawn_local(async move {
            match api::older(&room, before).await {
                Ok(page) => store.dispatch(Action::Jumped(room, before, page)),
                Err(fault) => {
                    store.dispatch(Action::OlderFailed(room.clone()));
                    store.dispatch(Action::Aimed(room, None));
                    store.dispatch(Action::Noticed(Some(Notice::Problem(words::not_done(&fault.text())))));
                }
            }
        });
    }
}

async fn join(store: Store, driver: Driver, wakes: Wakes, room: RoomName, signal: Signal) {
    let mut backoff = Backoff::default();
    loop {
        store.until(|state| state.session.may_ask()).await;
        let attempt = attempt(&store, &driver, &wakes, &room, &signal).await;
        if signal.is_over() {
            return;
        }
        let fault = match attempt {
            Ok(()) => return,
            Err(fault) if fault.lacks_session() => {
                store.until(|state| state.session.me.is_some() || state.session.gate.is_some()).await;
                continue;
            }
            Err(fault) if !fault.is_passing() => return store.dispatch(closed(room, &fault)),
            Err(fault) => fault,
        };
        if let Some(snapshot) = snapshot::recall(&store, &driver, &room) {
            // Polling continues from there as soon as the server is back.
            let cursor = snapshot.page.cursor;
            store.dispatch(Action::Recalled(snapshot));
            return driver.start(cursor);
        }
        let pause = pause::after(&fault, &mut backoff, api::jitter());
        if !driver.is_started() {
            report(&store, pause, &fault);
        }
        wakes.pause(pause).await;
        if signal.is_over() {
            return;
        }
    }
}

/// Returns the action for a room that cannot be opened. One that is hidden from the reader looks like one that does not
/// exist.
pub(super) fn closed(room: RoomName, fault: &Fault) -> Action {
    match fault.code() {
        Some(ProblemCode::UnknownRoom) if is_made_by_server(&room) => {
            Action::Refused(room, words::ROOM_IS_HIDDEN.to_owned())
        }
        Some(ProblemCode::UnknownRoom) => Action::Missing(room),
        _ => Action::Refused(room, fault.text()),
    }
}

async fn attempt(
    store: &Store,
    driver: &Driver,
    wakes: &Wakes,
    room: &RoomName,
    signal: &Signal,
) -> Result<(), Fault> {
    let known = store.state().rooms.get(room).map(|room| room.phase.clone());
    if driver.is_started() && known == Some(Phase::Idle) {
        // Only a room that exists can be polled.
        arrive(store, room, signal).await?;
        store.dispatch(Action::Joining(room.clone()));
    }
    // If the room is polled already, the subscription has learned of it before this point: messages sent from here on
    // arrive with the poll, with the page, or with both, and are counted once.
    let position = driver.position();
    let mut page = arrive(store, room, signal).await?;
    if begins_unread(&store.state(), &page) {
        page = api::long_history(room, signal).await?;
    }
    if position.is_some_and(|at| at.epoch == page.cursor.epoch && page.cursor.seq < at.seq) {
        return Err(Fault::Failed(words::NODE_BEHIND.to_owned()));
    }
    if signal.is_over() {
        return Ok(());
    }
    let cursor = page.cursor;
    if !driver.is_started() && store.state().session.me.is_some() {
        // Sends the first poll before the messages are drawn, which on a phone may take as long as the response.
        store.dispatch(Action::Joining(room.clone()));
        driver.start(cursor);
        wakes.pause(Duration::ZERO).await;
        if signal.is_over() {
            return Ok(());
        }
    }
    store.dispatch(Action::Joined(room.clone(), page));
    if !driver.is_started() {
        // The first poll reports who is here; without a session it would have to be sent twice. It starts even if the
        // reader has left the room meanwhile: a joined room has to be polled from here on.
        store.until(|state| state.session.me.is_some()).await;
        if !driver.is_started() {
            driver.start(cursor);
        }
    }
    Ok(())
}

/// Whether the reader has not seen the first message of a page, and perhaps others above it.
fn begins_unread(state: &State, page: &History) -> bool {
    let seen = &state.rooms.seen;
    let Some(first) = page.messages.first().filter(|_| page.more && seen.is_of_log(page.cursor)) else {
        return false;
    };
    let seen = seen.of(&first.room);
    seen > Seq::START && first.seq > seen
}

/// Loads a room's newest page of history, after creating the room if it is missing and the page may make it.
pub(super) async fn arrive(store: &Store, room: &RoomName, signal: &Signal) -> Result<History, Fault> {
    let page = match api::first_history(room).await {
        Some(page) => page,
        None => ask_for_history(store, room, signal).await,
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

/// Loads the newest page of a room that may be missing. If the list shows that it is, no request is sent, because
/// browsers log each 404 in their console.
async fn ask_for_history(store: &Store, room: &RoomName, signal: &Signal) -> Result<History, Fault> {
    let was_there = |state: &State| state.rooms.visited.contains(room) || *room == RoomName::lobby();
    if store.state().rooms.list.is_empty() && !was_there(&store.state()) && !is_made_by_server(room) {
        store.dispatch(Action::Listed(api::list_rooms().await?));
    }
    let state = store.state();
    // A room that was joined may be too new for the list.
    let is_unread = |room: &Rc<Room>| room.phase != Phase::Joining && room.lines.is_empty();
    if state.rooms.lacks(room) && state.rooms.get(room).is_some_and(is_unread) {
        return Err(Fault::missing_room());
    }
    api::history(room, signal).await
}

async fn make_room(store: &Store, room: &RoomName) -> Result<(), Fault> {
    store.until(|state| state.session.me.is_some()).await;
    session::make(store, &Change::MakeRoom(room.clone())).await
}
