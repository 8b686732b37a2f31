//! The reader's date and time formats, kept up to date across midnight and changes of the time zone.

use gloo_timers::callback::Interval;
use yew::prelude::*;

use crate::api;
use crate::state::Locale;

/// The longest delay after which the page shows a new day or a changed zone.
const LOOK_MS: u32 = 10_000;

/// Returns the locale, for the component that provides it as a context.
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

/// Returns the locale that the app provides; UTC in tests of single components.
#[hook]
pub fn use_locale() -> Locale {
    let provided = use_context::<Locale>();
    #[cfg(not(target_arch = "wasm32"))]
    return provided.unwrap_or_else(crate::state::utc);
    #[cfg(target_arch = "wasm32")]
    provided.unwrap_or_else(|| api::locale(0))
}
