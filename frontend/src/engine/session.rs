//! The reader's session: the one that the browser still has, or a new one. Tried until there is one.

use std::time::Duration;

use holdline_shared::{Backoff, Person};

use super::store::Store;
use super::wakes::Wakes;
use super::{pause, report};
use crate::api::{self, Change, Fault, Signal};
use crate::state::Action;

/// How long another tab may take to get a session before this one asks beside it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Signs in.
pub(super) async fn sign_in(store: Store, wakes: Wakes, signal: Signal) {
    let mut backoff = Backoff::default();
    while !signal.is_over() && store.state().session.me.is_none() {
        match renew(&store).await {
            Ok(me) => return store.dispatch(Action::SignedIn(me)),
            Err(fault) => {
                let pause = pause::after(&fault, &mut backoff, api::jitter());
                report(&store, pause, &fault);
                wakes.pause(pause).await;
            }
        }
    }
}

/// Makes a change; where there is no session any more, gets one and tries once more.
pub(super) async fn make(store: &Store, change: &Change) -> Result<(), Fault> {
    match change.make().await {
        Err(fault) if fault.lacks_session() => {
            store.dispatch(Action::SignedIn(renew(store).await?));
            change.make().await
        }
        answer => answer,
    }
}

/// Gets the session that the browser has, or a new one. One tab at a time: two that ask for their first one together
/// would become two persons.
pub(super) async fn renew(store: &Store) -> Result<Person, Fault> {
    let _lock = api::lock(&api::shared_name("session"), PATIENCE).await;
    let me = api::renew_session().await?;
    if api::uses_token() && !store.state().session.is_forgotten {
        store.dispatch(Action::SessionForgotten);
    }
    Ok(me)
}
