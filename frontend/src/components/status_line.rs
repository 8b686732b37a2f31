//! The connection, as it is. What a screen reader says changes only with the status; the seconds pass silently.

use holdline_shared::Status;
use yew::prelude::*;

use crate::state::status_word;

/// The line.
///
/// `seconds` are those until the next try; `stale` says since when what is shown may be old; `on_now` does not wait.
pub fn status_line(
    status: &Status,
    seconds: Option<u64>,
    stale: Option<&str>,
    on_now: &Callback<()>,
) -> Html {
    let words = match status {
        Status::Connecting => "Connecting…",
        Status::Live => "Live",
        Status::Reconnecting { .. } => "Reconnecting",
        Status::Retrying => "Trying again…",
        Status::Offline => "Offline",
        Status::Refused { .. } => "Refused",
        Status::Repairing => "Catching up…",
    };
    let why = match status {
        Status::Reconnecting { why, .. } | Status::Refused { why, .. } => Some(why.clone()),
        _ => None,
    };
    let is_refused = matches!(status, Status::Refused { .. });
    let can_hurry = is_refused || matches!(status, Status::Reconnecting { .. } | Status::Offline);
    html! {
        <div class="status" data-testid="status" data-status={status_word(status)} title={why.clone()}>
            <span class="dot" aria-hidden="true"></span>
            <span role="status">
                { words }
                if is_refused {
                    { ": " }{ why.unwrap_or_default() }
                }
            </span>
            if let Some(seconds) = seconds {
                <span class="countdown" aria-hidden="true">{ format!("in {seconds} s") }</span>
            }
            if can_hurry {
                <button type="button" class="plain" data-testid="retry-now" onclick={on_now.reform(|_| ())}>
                    { "now" }
                </button>
            }
            if let Some(stale) = stale {
                <span class="stale">{ format!("as of {stale}") }</span>
            }
        </div>
    }
}
