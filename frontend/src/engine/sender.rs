//! Sends the messages in the outbox: one at a time, in order, each until the server accepts or refuses it. The key
//! makes retries harmless. All tabs have all messages; the one that holds the lock sends them.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use holdline_shared::{Backoff, PublishKey};
use wasm_bindgen_futures::spawn_local;

use super::memory::Memory;
use super::store::Store;
use super::wakes::{Wake, Wakes};
use super::{doubt, pause, room_list, session};
use crate::api::{self, Change, Fault, Signal};
use crate::state::{Action, Progress, Sending, State};

/// A time longer than a tab that is awake needs for one message.
const PATIENCE: Duration = Duration::from_secs(25);

/// The sending in progress, if any.
pub(super) struct Sender {
    outgoing: Outgoing,
    is_sending: Rc<Cell<bool>>,
}

/// The messages to send, and what sending them needs.
#[derive(Clone)]
struct Outgoing {
    store: Store,
    wakes: Wakes,
    memory: Memory,
    signal: Signal,
}

impl Sender {
    /// Creates a sender that ends when the signal is over.
    pub(super) fn new(store: Store, wakes: Wakes, memory: Memory, signal: Signal) -> Self {
        Self { outgoing: Outgoing { store, wakes, memory, signal }, is_sending: Rc::default() }
    }

    /// Starts sending if there is a session and something to send. Ends the pause of a message that is not to be sent
    /// any more, so that the next one does not wait for it.
    pub(super) fn follow(&self, before: &State, after: &State) {
        let is_gone = |item: &Rc<Sending>| after.outbox.get(item.request.key).is_none();
        if before.outbox.next().is_some_and(is_gone) {
            self.outgoing.wakes.ring(Wake::Discarded);
        }
        let has_work = after.session.me.is_some() && after.outbox.next().is_some();
        if has_work && !self.is_sending.replace(true) {
            let (outgoing, is_sending) = (self.outgoing.clone(), Rc::clone(&self.is_sending));
            spawn_local(async move {
                outgoing.send_all().await;
                outgoing.delay(None);
                is_sending.set(false);
            });
        }
    }
}

impl Outgoing {
    async fn send_all(&self) {
        let Self { store, wakes, signal, .. } = self;
        let mut backoff = Backoff::default();
        while store.state().outbox.next().is_some() && !signal.is_over() {
            // One tab sends at a time, and releases the lock while it pauses. Where there are no locks, or a tab that
            // the browser froze holds one, the keys alone make duplicates harmless.
            let lock = api::lock(&api::shared_name("outbox"), PATIENCE).await;
            let Some(item) = store.state().outbox.next().cloned() else { return };
            let key = item.request.key;
            let sent = if self.is_wanted(key) { Some(self.send(&item).await) } else { None };
            match sent.filter(|_| self.is_wanted(key)) {
                None => {
                    self.delay(None);
                    if self.memory.lacks(key) {
                        store.dispatch(Action::Discarded(key));
                    }
                }
                Some(Ok(progress)) => {
                    backoff.succeed();
                    self.delay(None);
                    store.dispatch(Action::Progressed(key, progress));
                }
                Some(Err(fault)) if fault.is_passing() || fault.lacks_session() => {
                    drop(lock);
                    let pause = pause::after(&fault, &mut backoff, api::jitter());
                    self.delay(Some(fault.text()));
                    wakes.pause(pause).await;
                    if store.state().outbox.get(key).is_none() {
                        self.delay(None);
                    }
                }
                Some(Err(fault)) => store.dispatch(Action::Progressed(key, Progress::Failed(fault.text()))),
            }
        }
    }

    /// Whether a message is to be sent. It may have been discarded or held back, and a page that was frozen has not heard
    /// that another tab discarded or sent it.
    fn is_wanted(&self, key: PublishKey) -> bool {
        let state = self.store.state();
        let is_pending = state.outbox.get(key).is_some_and(|item| item.progress == Progress::Pending);
        is_pending && !self.memory.lacks(key)
    }

    fn delay(&self, why: Option<String>) {
        if self.store.state().outbox.delay != why {
            self.store.dispatch(Action::SendingDelayed(why));
        }
    }

    async fn send(&self, item: &Sending) -> Result<Progress, Fault> {
        let store = &self.store;
        let publish =
            || doubt::watched(store, async |signal| api::publish(&item.room, &item.request, &signal).await);
        let is_wanted = || self.is_wanted(item.request.key);
        let entry = match publish().await {
            Err(fault) if fault.lacks_session() && is_wanted() => {
                store.dispatch(Action::SignedIn(session::renew(store).await?));
                if !is_wanted() {
                    return Err(fault);
                }
                publish().await?
            }
            Err(fault) if fault.is_missing_room() && is_wanted() => {
                room_list::learn_log(store, &item.room).await?;
                // In a new log the room is made again. A room that this log had was deleted, and stays so.
                if store.state().rooms.had(&item.room) || !is_wanted() {
                    return Err(fault);
                }
                session::make(store, &Change::MakeRoom(item.room.clone())).await?;
                publish().await?
            }
            answer => answer?,
        };
        Ok(Progress::Sent(entry.seq))
    }
}
