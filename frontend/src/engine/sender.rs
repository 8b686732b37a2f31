//! Sends the messages in the outbox: one at a time, in order, each until the server accepts or refuses it. The key
//! makes retries harmless. All tabs have all messages; the one that holds the lock sends them.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use holdline_shared::Backoff;
use wasm_bindgen_futures::spawn_local;

use super::store::Store;
use super::wakes::Wakes;
use super::{doubt, pause, room_list, session};
use crate::api::{self, Change, Fault, Signal};
use crate::state::{Action, Progress, Sending, State};

/// A time longer than a tab that is awake needs for one message.
const PATIENCE: Duration = Duration::from_secs(25);

/// The sending in progress, if any.
#[derive(Default)]
pub(super) struct Sender(Rc<Cell<bool>>);

impl Sender {
    /// Starts sending if there is a session and something to send.
    pub(super) fn follow(&self, state: &State, store: &Store, wakes: &Wakes, signal: &Signal) {
        let has_work = state.session.me.is_some() && state.outbox.next().is_some();
        if has_work && !self.0.replace(true) {
            let is_sending = Rc::clone(&self.0);
            let (store, wakes, signal) = (store.clone(), wakes.clone(), signal.clone());
            spawn_local(async move {
                send_all(&store, &wakes, &signal).await;
                delay(&store, None);
                is_sending.set(false);
            });
        }
    }
}

async fn send_all(store: &Store, wakes: &Wakes, signal: &Signal) {
    let mut backoff = Backoff::default();
    while store.state().outbox.next().is_some() && !signal.is_over() {
        // One tab sends at a time, and releases the lock while it pauses. Where there are no locks, or a tab that the
        // browser froze holds one, the keys alone make duplicates harmless.
        let lock = api::lock(&api::shared_name("outbox"), PATIENCE).await;
        let Some(item) = store.state().outbox.next().cloned() else { return };
        let key = item.request.key;
        match send(store, &item).await {
            Ok(progress) => {
                backoff.succeed();
                delay(store, None);
                store.dispatch(Action::Progressed(key, progress));
            }
            Err(fault) if fault.is_passing() || fault.lacks_session() => {
                drop(lock);
                let pause = pause::after(&fault, &mut backoff, api::jitter());
                delay(store, Some(fault.text()));
                wakes.pause(pause).await;
            }
            Err(fault) => store.dispatch(Action::Progressed(key, Progress::Failed(fault.text()))),
        }
    }
}

fn delay(store: &Store, why: Option<String>) {
    if store.state().outbox.delay != why {
        store.dispatch(Action::SendingDelayed(why));
    }
}

async fn send(store: &Store, item: &Sending) -> Result<Progress, Fault> {
    let publish =
        || doubt::watched(store, async |signal| api::publish(&item.room, &item.request, &signal).await);
    let entry = match publish().await {
        Err(fault) if fault.lacks_session() => {
            store.dispatch(Action::SignedIn(session::renew(store).await?));
            publish().await?
        }
        Err(fault) if fault.is_missing_room() => {
            room_list::learn_log(store, &item.room).await?;
            // In a new log the room is made again. A room that this log had was deleted, and stays so.
            if store.state().rooms.had(&item.room) {
                return Err(fault);
            }
            session::make(store, &Change::MakeRoom(item.room.clone())).await?;
            publish().await?
        }
        answer => answer?,
    };
    Ok(Progress::Sent(entry.seq))
}
