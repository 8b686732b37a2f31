//! The status line in time: it does not flicker, counts down, and says since when the screen is old.

use holdline_shared::Status;
use yew::prelude::*;

use super::status_line;
use crate::hooks::use_status;
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
    let (status, seconds) = use_status(&props.connection.status);
    let now = (props.locale.now)();
    let stale = props.connection.stale_since.filter(|since| {
        status != Status::Live && (status == Status::Offline || now.0.saturating_sub(since.0) >= FRESH_MS)
    });
    let stale = stale.map(|since| props.locale.day_and_time(since));
    status_line(&status, seconds, stale.as_deref(), &props.on_now)
}
