//! Time that passes on the screen.

use gloo_timers::callback::Interval;
use holdline_shared::Moment;
use yew::prelude::*;

use crate::api;

/// Often enough that no second is skipped.
const TICK_MS: u32 = 250;

/// Whole seconds until `at`, counting down; renders again each second while there is one.
#[hook]
pub fn use_seconds_until(at: Option<Moment>) -> Option<u64> {
    let left = at.map(|at| at.saturating_sub(api::now()).as_secs_f64().ceil());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few seconds, not below zero"
    )]
    let left = left.map(|left| left as u64);
    let shown = use_mut_ref(|| left);
    *shown.borrow_mut() = left;
    let render = use_force_update();
    use_effect_with(at, move |at| {
        let ticking = at.map(|at| {
            Interval::new(TICK_MS, move || {
                let left = at.saturating_sub(api::now()).as_secs_f64().ceil();
                #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
                if shown.borrow().is_some_and(|shown| (shown as f64 - left).abs() >= 1.0) {
                    render.force_update();
                }
            })
        });
        move || drop(ticking)
    });
    left
}
