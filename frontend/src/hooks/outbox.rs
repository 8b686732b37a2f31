//! Sends what is in the outbox: one message at a time, in order, each until the server has it or refuses it. The key
//! makes repetitions harmless. All tabs have all messages; the one that holds the lock sends them.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use holdline_shared::Backoff;
use wasm_bindgen_futures::spawn_local;

use super::{Store, Wakes};
use crate::api::{self, Change, Fault, Signal};
use crate::state::{Action, Progress, Sending, State};

/// Longer than a tab that is awake takes for one message.
const PATIENCE: Duration = Duration::from_secs(15);

/// Whether something is being sent.
#[derive(Default)]
pub(super) struct Sender(Rc<Cell<bool>>);

impl Sender {
    /// Sends, while there is a session and something to send.
    pub(super) fn follow(&self, state: &State, store: &Store, wakes: &Wakes, signal: &Signal) {
        let has_work = state.me.is_some() && state.outbox.next().is_some();
        if has_work && !self.0.replace(true) {
            let is_sending = Rc::clone(&self.0);
            let (store, wakes, signal) = (store.clone(), wakes.clone(), signal.clone());
            spawn_local(async move {
                send_all(&store, &wakes, &signal).await;
                is_sending.set(false);
            });
        }
    }
}

async fn send_all(store: &Store, wakes: &Wakes, signal: &Signal) {
    let mut backoff = Backoff::default();
    while store.state().outbox.next().is_some() && !signal.is_over() {
        // One tab sends at a time, and none keeps the others from it while it pauses. Where there are no locks, or one is
        // held by a tab that the browser froze, the keys alone make it harmless.
        let lock = api::lock(&api::shared_name("outbox"), PATIENCE).await;
        let Some(item) = store.state().outbox.next().cloned() else { return };
        let key = item.request.key;
        match send(store, &item).await {
            Ok(progress) => {
                backoff.succeed();
                store.dispatch(Action::Progressed(key, progress));
            }
            Err(fault) if fault.is_passing() || fault.status() == Some(401) => {
                drop(lock);
                wakes.pause(fault.retry_after().unwrap_or_else(|| backoff.fail(api::jitter()))).await;
            }
            Err(fault) => store.dispatch(Action::Progressed(key, Progress::Failed(fault.text()))),
        }
    }
}

async fn send(store: &Store, item: &Sending) -> Result<Progress, Fault> {
    let entry = match api::publish(item).await {
        Err(fault) if fault.status() == Some(401) => {
            store.dispatch(Action::SignedIn(api::renew_session().await?));
            api::publish(item).await?
        }
        // A log that was replaced may not have the room any more.
        Err(fault) if fault.status() == Some(404) && item.request.reply_to.is_none() => {
            Change::make_room(&item.room).make().await?;
            api::publish(item).await?
        }
        answer => answer?,
    };
    Ok(Progress::Sent(entry.seq))
}
