//! Who I am: the session that the browser still has, or a new one. Tried until there is one.

use holdline_shared::Backoff;

use super::join::report;
use super::{Store, Wakes};
use crate::api::{self, Signal};
use crate::state::Action;

/// Signs in.
pub(super) async fn sign_in(store: Store, wakes: Wakes, signal: Signal) {
    let mut backoff = Backoff::default();
    while !signal.is_over() {
        match api::renew_session().await {
            Ok(me) => return store.dispatch(Action::SignedIn(me)),
            Err(fault) => {
                let pause = fault.retry_after().unwrap_or_else(|| backoff.fail(api::jitter()));
                report(&store, pause, &fault);
                wakes.pause(pause).await;
            }
        }
    }
}
