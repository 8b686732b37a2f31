//! Doubts about the connection: a request of the reader that gets no response shows what a held poll does not notice.

use std::future::Future;
use std::time::Duration;

use gloo_timers::callback::Timeout;

use super::store::Store;
use crate::api::{self, Fault};
use crate::state::Action;

/// The time after which a response is late: many times the 400 ms that a round trip takes on a slow phone line.
const LATE: Duration = Duration::from_secs(4);

/// Waits for the response to a request. If it is late or missing, the subscription checks the connection.
pub(super) async fn watched<T>(
    store: &Store,
    request: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let late = {
        let store = store.clone();
        Timeout::new(api::millis(LATE), move || store.dispatch(Action::ConnectionDoubted))
    };
    let answer = request.await;
    drop(late);
    if matches!(answer, Err(Fault::Failed(_))) {
        store.dispatch(Action::ConnectionDoubted);
    }
    answer
}
