//! A status for display: does not flicker, and counts down.

use std::time::Duration;

use gloo_timers::callback::{Interval, Timeout};
use holdline_shared::{Moment, Status};
use yew::prelude::*;

use crate::api;

/// The interval of the clock checks, short enough that no second is skipped.
const TICK: Duration = Duration::from_millis(200);

/// The time for which a retry stays hidden: many paths cut held polls routinely, and the next poll usually answers
/// within it.
const BLINK: Duration = Duration::from_millis(400);

/// Returns the status to show, and the whole seconds until the next attempt. Directly after being live, a retry is
/// shown only once it has lasted a moment.
#[hook]
pub fn use_status(status: &Status) -> (Status, Option<u64>) {
    let shown = use_state_eq(|| status.clone());
    let seconds = use_state_eq(|| None);
    let is_held_back = *status == Status::Retrying && *shown == Status::Live;
    {
        let setter = shown.setter();
        use_effect_with(status.clone(), move |status| {
            let now = status.clone();
            let later = is_held_back.then(|| {
                let (setter, now) = (setter.clone(), now.clone());
                Timeout::new(api::millis(BLINK), move || setter.set(now))
            });
            if later.is_none() {
                setter.set(now);
            }
            move || drop(later)
        });
    }
    {
        let setter = seconds.setter();
        use_effect_with(next_try(status), move |next| {
            let next = *next;
            setter.set(next.map(seconds_until));
            let tick = next
                .map(|next| Interval::new(api::millis(TICK), move || setter.set(Some(seconds_until(next)))));
            move || drop(tick)
        });
    }
    (if is_held_back { Status::Live } else { status.clone() }, *seconds)
}

fn next_try(status: &Status) -> Option<Moment> {
    match status {
        Status::Reconnecting { at, .. } | Status::Refused { at, .. } => Some(*at),
        _ => None,
    }
}

fn seconds_until(at: Moment) -> u64 {
    at.saturating_sub(api::now()).as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX)
}
