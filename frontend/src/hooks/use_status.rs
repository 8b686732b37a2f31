//! A status in time: it does not flicker, and it counts down.

use gloo_timers::callback::Interval;
use holdline_shared::{Moment, Status};
use yew::prelude::*;

use crate::api;

/// Often enough that no second is skipped.
const TICK_MS: u32 = 200;

/// A cut of a held poll is everyday life on many paths, and the next poll mostly answers within this time.
const BLINK: Moment = Moment::from_millis(400);

/// What is shown.
struct Shown {
    status: Status,
    seconds: Option<u64>,
    /// Since when a retry is not shown yet.
    retrying: Option<Moment>,
}

/// The status to show, and the whole seconds until the next try. Right after being live, a retry is not shown before it
/// has lasted a moment.
#[hook]
pub fn use_status(status: &Status) -> (Status, Option<u64>) {
    let render = use_force_update();
    let shown = use_mut_ref(|| Shown { status: status.clone(), seconds: None, retrying: None });
    let now = api::now();
    {
        let mut shown = shown.borrow_mut();
        let could_blink = *status == Status::Retrying && shown.status == Status::Live;
        let since = could_blink.then(|| shown.retrying.unwrap_or(now));
        if since.is_none_or(|since| since + BLINK <= now) {
            shown.status = status.clone();
        }
        shown.retrying = since;
        shown.seconds = seconds_left(&shown.status, now);
    }
    let result = (shown.borrow().status.clone(), shown.borrow().seconds);
    use_effect_with(status.clone(), move |status| {
        let is_still =
            matches!(status, Status::Live | Status::Connecting | Status::Offline | Status::Repairing);
        let ticking = (!is_still).then(|| {
            let status = status.clone();
            Interval::new(TICK_MS, move || {
                let shown = shown.borrow();
                if shown.status != status || seconds_left(&status, api::now()) != shown.seconds {
                    render.force_update();
                }
            })
        });
        move || drop(ticking)
    });
    result
}

fn seconds_left(status: &Status, now: Moment) -> Option<u64> {
    match status {
        Status::Reconnecting { at, .. } | Status::Refused { at, .. } => {
            Some((at.saturating_sub(now) + Moment::from_millis(999)).as_secs())
        }
        _ => None,
    }
}
