//! The reader's way of writing moments, kept up to date over midnight and journeys.

use gloo_timers::callback::Interval;
use yew::prelude::*;

use crate::api;
use crate::state::Locale;

/// A day begins, or a zone changes, at most this long before the page shows it.
const LOOK_MS: u32 = 10_000;

/// The locale, for whoever provides it as a context.
#[hook]
pub fn use_local_time() -> Locale {
    let locale = use_state_eq(|| api::locale(0));
    let setter = locale.setter();
    use_effect_with((), move |()| {
        let mut known = (0, api::day_and_zone());
        let look = Interval::new(LOOK_MS, move || {
            let now = api::day_and_zone();
            if now != known.1 {
                known = (known.0 + 1, now);
                setter.set(api::locale(known.0));
            }
        });
        move || drop(look)
    });
    *locale
}

/// The locale that the app provides; UTC in tests of single components.
#[hook]
pub fn use_locale() -> Locale {
    let provided = use_context::<Locale>();
    #[cfg(not(target_arch = "wasm32"))]
    return provided.unwrap_or_else(crate::state::utc);
    #[cfg(target_arch = "wasm32")]
    provided.unwrap_or_else(|| api::locale(0))
}
