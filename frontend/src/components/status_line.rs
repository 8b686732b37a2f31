//! The connection, as it is. What a screen reader says changes only with the status; the seconds pass silently.

use holdline_shared::Status;
use yew::prelude::*;

use crate::state::status_word;

/// The line. `seconds` are those until the next try; `stale` says since when what is shown may be old.
pub fn status_line(status: &Status, seconds: Option<u64>, stale: Option<&str>) -> Html {
    let words = match status {
        Status::Connecting => "Connecting…",
        Status::Live => "Live",
        Status::Reconnecting { .. } => "Reconnecting",
        Status::Retrying => "Trying again…",
        Status::Offline => "Offline",
        Status::Refused { .. } => "Refused: ",
        Status::Repairing => "Catching up…",
    };
    let (why, refusal) = match status {
        Status::Reconnecting { why, .. } => (Some(why.clone()), ""),
        Status::Refused { why, .. } => (Some(why.clone()), why.as_str()),
        _ => (None, ""),
    };
    html! {
        <div class="status" data-testid="status" data-status={status_word(status)} title={why}>
            <span class="dot" aria-hidden="true"></span>
            <span role="status">{ words }{ refusal.to_owned() }</span>
            if let Some(seconds) = seconds {
                <span class="countdown" aria-hidden="true">{ format!("in {seconds} s") }</span>
            }
            if seconds.is_some() || *status == Status::Offline {
                <button type="button" class="plain" data-testid="retry-now" data-act="now">{ "now" }</button>
            }
            if let Some(stale) = stale {
                <span class="stale">{ format!("as of {stale}") }</span>
            }
        </div>
    }
}
