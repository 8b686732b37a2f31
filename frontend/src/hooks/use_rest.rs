//! A pause after changes that screen readers must not announce.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// A time longer than a screen reader needs to notice an insertion.
const REST_MS: u32 = 1_000;

/// Whether nothing has changed for a while. A change counts from the render that it arrives in.
#[hook]
pub fn use_rest<T: PartialEq + Clone + 'static>(now: T) -> bool {
    let rested = use_state_eq(|| None::<T>);
    let setter = rested.setter();
    use_effect_with(now.clone(), move |now| {
        let now = now.clone();
        let timer = Timeout::new(REST_MS, move || setter.set(Some(now)));
        move || drop(timer)
    });
    rested.as_ref() == Some(&now)
}
