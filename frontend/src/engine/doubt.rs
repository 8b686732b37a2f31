//! Doubts about the connection: a request of the reader that gets no response shows what a held poll does not notice.

use std::future::Future;
use std::time::Duration;

use gloo_timers::callback::Timeout;
use holdline_shared::Status;
use wasm_bindgen_futures::spawn_local;

use super::store::Store;
use crate::api::{self, AbortOnDrop, Fault, Signal};
use crate::state::Action;

/// The time after which a response is late: many times the 400 ms that a round trip takes on a slow phone line.
const LATE: Duration = Duration::from_secs(4);

/// Sends a request and waits for its response. If that is late or missing, the subscription checks the connection. Once
/// the connection works again, a request that was sent before is aborted: its own connection is most likely dead.
pub(super) async fn watched<T, F: Future<Output = Result<T, Fault>>>(
    store: &Store,
    request: impl FnOnce(Signal) -> F,
) -> Result<T, Fault> {
    let guard = AbortOnDrop::new();
    let signal = guard.signal();
    let late = {
        let store = store.clone();
        Timeout::new(api::millis(LATE), move || {
            store.dispatch(Action::ConnectionDoubted);
            spawn_local(async move {
                store.until(|state| state.connection.status != Status::Live).await;
                store.until(|state| state.connection.status == Status::Live).await;
                drop(guard);
            });
        })
    };
    let answer = request(signal).await;
    drop(late);
    if matches!(answer, Err(Fault::Failed(_))) {
        store.dispatch(Action::ConnectionDoubted);
    }
    answer
}
