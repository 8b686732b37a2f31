//! A countdown that a wrong clock cannot make longer than its duration.

use std::time::Duration;

use gloo_timers::callback::Interval;
use holdline_shared::Timestamp;
use yew::prelude::*;

use crate::api;

/// The interval of the clock checks, short enough that no second is skipped.
const TICK: Duration = Duration::from_millis(200);

/// Returns the whole seconds until `seconds` after `since`, or `None` once they have passed. `since` is a time of the
/// server's clock; that clock or this machine's may be wrong: once the page knows `since`, no more than `seconds` pass.
#[hook]
pub fn use_seconds_left(since: Option<Timestamp>, seconds: u64) -> Option<u64> {
    let left = use_state_eq(|| None::<u64>);
    let setter = left.setter();
    use_effect_with((since, seconds), move |(since, seconds)| {
        let (end, seconds) = (since.map(|since| since.0 + seconds * 1_000), *seconds);
        let began = api::now();
        let tick = move || {
            let on_the_wall = end.map_or(0, |end| end.saturating_sub(api::wall_clock().0));
            let passed = api::now().saturating_sub(began);
            let at_most = Duration::from_secs(seconds).saturating_sub(passed);
            let rest = if seconds == 0 { on_the_wall } else { on_the_wall.min(millis(at_most)) };
            setter.set((rest > 0).then(|| rest.div_ceil(1_000)));
        };
        tick();
        let interval = end.is_some().then(|| Interval::new(api::millis(TICK), tick));
        move || drop(interval)
    });
    *left
}

fn millis(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}
