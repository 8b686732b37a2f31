//! Joining the room on the screen: make it if it does not exist, poll it, read its history, and try again until that
//! has worked or the server says that it never will.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use holdline_shared::{Backoff, History, RoomName, Status};
use wasm_bindgen_futures::spawn_local;

use super::{Driver, Store, Wakes};
use crate::api::{self, AbortOnDrop, Change, Fault, Signal};
use crate::state::{Action, Phase, Room, State};

/// The joining under way, if there is one.
#[derive(Default)]
pub(super) struct Join(RefCell<Option<(RoomName, AbortOnDrop)>>);

impl Join {
    /// Joins the room on the screen whenever that is not joined; gives up those that were left.
    pub(super) fn follow(&self, state: &State, store: &Store, driver: &Driver, wakes: &Wakes) {
        let is_open = |room: &&Rc<Room>| matches!(room.phase, Phase::Idle | Phase::Joining);
        let wanted = state.me.as_ref().and_then(|_| state.room()).filter(is_open).map(|room| &room.name);
        if wanted == self.0.borrow().as_ref().map(|(room, _)| room) {
            return;
        }
        let joining = wanted.cloned().map(|room| {
            let guard = AbortOnDrop::new();
            let task = join(store.clone(), driver.clone(), wakes.clone(), room.clone(), guard.signal());
            spawn_local(task);
            (room, guard)
        });
        self.0.replace(joining);
    }
}

async fn join(store: Store, driver: Driver, wakes: Wakes, room: RoomName, signal: Signal) {
    let mut backoff = Backoff::default();
    loop {
        let attempt = try_to_join(&store, &driver, &room, &signal).await;
        if signal.is_over() {
            return;
        }
        let fault = match attempt {
            Ok(()) => return,
            Err(fault) if !fault.is_passing() => {
                return store.dispatch(Action::Refused(room, fault.text()));
            }
            Err(fault) => fault,
        };
        let pause = fault.retry_after().unwrap_or_else(|| backoff.fail(api::jitter()));
        if !driver.is_started() {
            report(&store, pause, &fault);
        }
        wakes.pause(pause).await;
        if signal.is_over() {
            return;
        }
    }
}

async fn try_to_join(store: &Store, driver: &Driver, room: &RoomName, signal: &Signal) -> Result<(), Fault> {
    if !driver.is_started() {
        let page = arrive(room, signal).await?;
        if signal.is_over() {
            return Ok(());
        }
        let cursor = page.cursor;
        store.dispatch(Action::Joined(room.clone(), page));
        ask(store, driver);
        driver.start(cursor);
        return Ok(());
    }
    if store.state().list.iter().all(|summary| summary.name != *room) {
        // Only what exists can be polled.
        arrive(room, signal).await?;
    }
    // First poll it, then read: what is said in between comes twice and is counted once, instead of not at all.
    store.dispatch(Action::Joining(room.clone()));
    let position = driver.position();
    ask(store, driver);
    let page = api::history(room, signal).await?;
    if position.is_some_and(|at| at.epoch == page.cursor.epoch && page.cursor.seq < at.seq) {
        return Err(Fault::Failed("this node is behind the one that was polled".to_owned()));
    }
    if !signal.is_over() {
        store.dispatch(Action::Joined(room.clone(), page));
    }
    Ok(())
}

fn ask(store: &Store, driver: &Driver) {
    let state = store.state();
    driver.ask(state.followed(), state.here());
}

/// A room's newest page of history; of a room that does not exist, after making it.
pub(super) async fn arrive(room: &RoomName, signal: &Signal) -> Result<History, Fault> {
    match api::history(room, signal).await {
        Err(fault) if fault.status() == Some(404) => {
            Change::make_room(room).make().await?;
            api::history(room, signal).await
        }
        page => page,
    }
}

/// Before there is a subscription, its status is that of the first steps.
pub(super) fn report(store: &Store, pause: Duration, fault: &Fault) {
    let status = Status::Reconnecting { at: api::now() + pause, why: fault.text() };
    store.dispatch(Action::Connected(status, api::wall_clock()));
}
