//! Which page the address bar names, and how to go to another. Over `history` and `popstate` and without yew-router,
//! which would bring a matcher, an encoder and a second history for two routes: about 9 kB of brotli.

use gloo_events::EventListener;
use yew::prelude::*;

use crate::api::{self, Base, dom};
use crate::state::Route;

/// Goes to another page: its address relative to the base, as in links.
pub type Navigate = Callback<String>;

/// The page, and how to leave it.
#[hook]
pub fn use_route() -> (Route, Navigate) {
    let base = (*use_state(api::base)).clone();
    let route = use_state(|| read(&base));
    {
        let (route, base) = (route.clone(), base.clone());
        use_effect_with((), move |()| {
            let listener = web_sys::window()
                .map(|window| EventListener::new(&window, "popstate", move |_| route.set(read(&base))));
            move || drop(listener)
        });
    }
    let set = route.setter();
    let navigate = Callback::from(move |href: String| {
        dom::push_path(&base.page(&href));
        set.set(read(&base));
    });
    ((*route).clone(), navigate)
}

fn read(base: &Base) -> Route {
    base.strip(&dom::path()).map_or(Route::Unknown, |path| Route::parse(&path))
}
