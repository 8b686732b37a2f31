//! Joins the room on the screen: loads its history, creates the room if it is missing and the reader asks for it or was
//! there before, adds it to the poll, and retries until this succeeds or the server refuses for good.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use holdline_shared::{Backoff, Cursor, History, ProblemCode, RoomName, Seq};
use wasm_bindgen_futures::spawn_local;

use super::driver::Driver;
use super::newest_page::load_or_make;
use super::report::report;
use super::store::Store;
use super::wakes::Wakes;
use super::{pause, snapshot};
use crate::api::{self, AbortOnDrop, Fault, Signal};
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
                let task = JoinTask {
                    store: store.clone(),
                    driver: driver.clone(),
                    wakes: wakes.clone(),
                    room: room.clone(),
                    signal: guard.signal(),
                };
                spawn_local(task.run());
                (room, guard)
            });
            self.0.replace(joining);
        }
        if let Some(room) = state.room() {
            load_goal(state, store, room);
        }
    }
}

/// Loads the page of history that ends with the message that the reader wants to see, if it is not loaded.
fn load_goal(state: &State, store: &Store, room: &Room) {
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

/// The task that joins one room; ends early when its signal is over.
struct JoinTask {
    store: Store,
    driver: Driver,
    wakes: Wakes,
    room: RoomName,
    signal: Signal,
}

impl JoinTask {
    /// Tries to join the room until this succeeds, a snapshot takes its place, or the server refuses for good.
    async fn run(self) {
        let Self { store, driver, wakes, room, signal } = &self;
        let mut backoff = Backoff::default();
        loop {
            store.until(|state| state.session.may_ask()).await;
            let attempt = self.attempt().await;
            if signal.is_over() {
                return;
            }
            let fault = match attempt {
                Ok(()) => return,
                Err(fault) if fault.lacks_session() => {
                    store.until(|state| state.session.me.is_some() || state.session.gate.is_some()).await;
                    continue;
                }
                Err(fault) if !fault.is_passing() => return store.dispatch(closed(room.clone(), &fault)),
                Err(fault) => fault,
            };
            if let Some(snapshot) = snapshot::recall(store, driver, room) {
                // Polling continues from there as soon as the server is back.
                let cursor = snapshot.page.cursor;
                store.dispatch(Action::Recalled(snapshot));
                return driver.start(cursor);
            }
            let pause = pause::after(&fault, &mut backoff, api::jitter());
            if !driver.is_started() {
                report(store, pause, &fault);
            }
            wakes.pause(pause).await;
            if signal.is_over() {
                return;
            }
        }
    }

    /// Tries once to load the room, to show it and to have it polled.
    async fn attempt(&self) -> Result<(), Fault> {
        self.add_to_polls().await?;
        let page = self.load_page().await?;
        if self.signal.is_over() {
            return Ok(());
        }
        let cursor = page.cursor;
        if !self.driver.is_started() && self.store.state().session.me.is_some() {
            // Sends the first poll before the messages are drawn, which on a phone may take as long as the response.
            self.store.dispatch(Action::Joining(self.room.clone()));
            self.driver.start(cursor);
            self.wakes.pause(Duration::ZERO).await;
            if self.signal.is_over() {
                return Ok(());
            }
        }
        self.store.dispatch(Action::Joined(self.room.clone(), page));
        self.start_polling(cursor).await;
        Ok(())
    }

    /// Adds an unpolled room to polls that run already, once the room is certain to exist: only existing rooms can be
    /// polled.
    async fn add_to_polls(&self) -> Result<(), Fault> {
        let Self { store, room, .. } = self;
        let known = store.state().rooms.get(room).map(|room| room.phase.clone());
        if self.driver.is_started() && known == Some(Phase::Idle) {
            load_or_make(store, room, &self.signal).await?;
            store.dispatch(Action::Joining(room.clone()));
        }
        Ok(())
    }

    /// Loads the newest page of history, or a longer one if the page begins with unread messages. Refuses a page from a
    /// server that is behind the polls.
    async fn load_page(&self) -> Result<History, Fault> {
        let Self { store, room, signal, .. } = self;
        // If the room is polled already, the subscription has learned of it before this point: messages sent from here
        // on arrive with the poll, with the page, or with both, and are counted once.
        let position = self.driver.position();
        let mut page = load_or_make(store, room, signal).await?;
        if begins_unread(&store.state(), &page) {
            page = api::long_history(room, signal).await?;
        }
        if position.is_some_and(|at| at.epoch == page.cursor.epoch && page.cursor.seq < at.seq) {
            return Err(Fault::Failed(words::NODE_BEHIND.to_owned()));
        }
        Ok(page)
    }

    /// Starts polling once there is a session, unless polls run already: the first poll reports who is here, and
    /// without a session it would have to be sent twice. Starts even if the reader has left the room meanwhile, because
    /// a joined room has to be polled from here on.
    async fn start_polling(&self, from: Cursor) {
        if self.driver.is_started() {
            return;
        }
        self.store.until(|state| state.session.me.is_some()).await;
        if !self.driver.is_started() {
            self.driver.start(from);
        }
    }
}

/// Returns the action for a room that cannot be opened. A room that is hidden from the reader looks like a missing one.
pub(super) fn closed(room: RoomName, fault: &Fault) -> Action {
    match fault.code() {
        Some(ProblemCode::UnknownRoom) if is_made_by_server(&room) => {
            Action::Refused(room, words::ROOM_IS_HIDDEN.to_owned())
        }
        Some(ProblemCode::UnknownRoom) => Action::Missing(room),
        _ => Action::Refused(room, fault.text()),
    }
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
