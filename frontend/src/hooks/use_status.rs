//! A status in time: it does not flicker, and it counts down.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

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
    /// What draws it anew while time passes, and for which status.
    ticking: Option<(Status, Option<Interval>)>,
}

/// The status to show, and the whole seconds until the next try. Right after being live, a retry is not shown before it
/// has lasted a moment.
#[hook]
pub fn use_status(status: &Status) -> (Status, Option<u64>) {
    let render = use_force_update();
    let shown =
        use_mut_ref(|| Shown { status: status.clone(), seconds: None, retrying: None, ticking: None });
    let now = api::now();
    let mut memory = shown.borrow_mut();
    let could_blink = *status == Status::Retrying && memory.status == Status::Live;
    let since = could_blink.then(|| memory.retrying.unwrap_or(now));
    if since.is_none_or(|since| since + BLINK <= now) {
        memory.status = status.clone();
    }
    memory.retrying = since;
    memory.seconds = seconds_left(&memory.status, now);
    if memory.ticking.as_ref().is_none_or(|(of, _)| of != status) {
        let is_still =
            matches!(status, Status::Live | Status::Connecting | Status::Offline | Status::Repairing);
        let tick = (!is_still).then(|| tick(Rc::downgrade(&shown), render, status.clone()));
        memory.ticking = Some((status.clone(), tick));
    }
    (memory.status.clone(), memory.seconds)
}

/// Draws anew when something else is to be shown.
fn tick(shown: Weak<RefCell<Shown>>, render: UseForceUpdateHandle, status: Status) -> Interval {
    Interval::new(TICK_MS, move || {
        let is_old = shown.upgrade().is_some_and(|shown| {
            let shown = shown.borrow();
            shown.status != status || seconds_left(&status, api::now()) != shown.seconds
        });
        if is_old {
            render.force_update();
        }
    })
}

fn seconds_left(status: &Status, now: Moment) -> Option<u64> {
    match status {
        Status::Reconnecting { at, .. } | Status::Refused { at, .. } => {
            Some((at.saturating_sub(now) + Moment::from_millis(999)).as_secs())
        }
        _ => None,
    }
}
