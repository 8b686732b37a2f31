//! Who I am: the session that the browser still has, or a new one. Tried until there is one.

use holdline_shared::Backoff;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::use_join::report;
use super::{Store, Wakes};
use crate::api::{self, AbortOnDrop};
use crate::state::Action;

/// Signs in when the page starts.
#[hook]
pub fn use_session(store: &Store, wakes: &Wakes) {
    let (store, wakes) = (store.clone(), wakes.clone());
    use_effect_with((), move |()| {
        let guard = AbortOnDrop::new();
        let signal = guard.signal();
        spawn_local(async move {
            let mut backoff = Backoff::default();
            while !signal.is_over() {
                match api::renew_session().await {
                    Ok(me) => return store.dispatch(Action::SignedIn(me)),
                    Err(fault) => {
                        let pause = fault.retry_after().unwrap_or_else(|| backoff.fail(api::throw_dice()));
                        report(&store, pause, &fault);
                        wakes.pause(pause).await;
                    }
                }
            }
        });
        move || drop(guard)
    });
}
