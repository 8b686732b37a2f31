//! A status that does not flicker.

use gloo_timers::callback::Timeout;
use holdline_shared::Status;
use yew::prelude::*;

/// A cut of a held poll is everyday life on many paths, and the next poll mostly answers within this time.
const BLINK_MS: u32 = 400;

/// The status, except that a retry right after being live is not shown before it has lasted a moment.
#[hook]
pub fn use_settled(status: &Status) -> Status {
    let shown = use_state(|| status.clone());
    let set = shown.clone();
    use_effect_with(status.clone(), move |status| {
        let status = status.clone();
        let timer = if status == Status::Retrying && *set == Status::Live {
            Some(Timeout::new(BLINK_MS, move || set.set(status)))
        } else {
            set.set(status);
            None
        };
        move || drop(timer)
    });
    (*shown).clone()
}
