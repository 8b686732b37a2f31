//! Keeps the list of rooms fresh: at the start, when the page becomes visible, every minute while it is, and when a
//! room is on the screen that the list does not have.

use gloo_timers::callback::Interval;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{Store, Wake, Wakes};
use crate::api;
use crate::state::{Action, Phase};

const MINUTE_MS: u32 = 60_000;

/// Asks for the list whenever it may have changed.
#[hook]
pub fn use_room_list(store: &Store, wakes: &Wakes) {
    let is_ready = store.room().is_some_and(|room| room.phase == Phase::Ready);
    let unlisted =
        store.current.clone().filter(|name| is_ready && store.list.iter().all(|room| room.name != *name));
    {
        let store = store.clone();
        use_effect_with(unlisted, move |unlisted| {
            if unlisted.is_some() {
                refresh(&store);
            }
        });
    }
    let (store, wakes) = (store.clone(), wakes.clone());
    use_effect_with((), move |()| {
        let woken = store.clone();
        let listening = wakes.listen(Callback::from(move |wake| {
            if matches!(wake, Wake::Visible | Wake::Online) {
                refresh(&woken);
            }
        }));
        let each_minute = Interval::new(MINUTE_MS, move || {
            if api::dom::is_visible() {
                refresh(&store);
            }
        });
        move || drop((listening, each_minute))
    });
}

fn refresh(store: &Store) {
    let store = store.clone();
    spawn_local(async move {
        // Without an answer the old list stays; that the server cannot be reached is said elsewhere.
        if let Ok(list) = api::list_rooms().await {
            store.dispatch(Action::Listed(list));
        }
    });
}
