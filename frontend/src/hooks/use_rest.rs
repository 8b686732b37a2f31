//! A pause after changes that screen readers are not to read out.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// A time beyond what a screen reader takes to notice what was put in.
const REST_MS: u32 = 1_000;

/// Whether nothing has changed for a while. A change is noticed in the rendering that it comes with.
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
