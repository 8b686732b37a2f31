//! The status line in time: it does not flicker, counts down, and says since when the screen is old.

use holdline_shared::Status;
use yew::prelude::*;

use super::StatusLine;
use crate::hooks::{use_seconds_until, use_settled};
use crate::state::{Connection, Locale};

/// A screen younger than this is not called old.
const FRESH_MS: u64 = 3_000;

/// What to show.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The connection.
    pub connection: Connection,
    /// The reader's clock.
    pub locale: Locale,
    /// Do not wait any longer.
    pub on_now: Callback<()>,
}

/// The status, always visible.
#[component]
pub fn ConnectionBar(props: &Props) -> Html {
    let status = use_settled(&props.connection.status);
    let at = match status {
        Status::Reconnecting { at, .. } | Status::Refused { at, .. } => Some(at),
        _ => None,
    };
    let seconds = use_seconds_until(at);
    let now = (props.locale.now)();
    let stale = props.connection.stale_since.filter(|since| {
        status != Status::Live && (status == Status::Offline || now.0.saturating_sub(since.0) >= FRESH_MS)
    });
    let stale = stale.map(|since| AttrValue::from(props.locale.day_and_time(since)));
    html! { <StatusLine {status} {seconds} {stale} on_now={props.on_now.clone()} /> }
}
