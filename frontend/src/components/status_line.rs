//! The connection, as it is. What a screen reader says changes only with the status; the seconds pass silently.

use holdline_shared::Status;
use yew::prelude::*;

use super::words;
use crate::state::status_word;

/// The line. `seconds` are those until the next try; `stale` says since when what is shown may be old.
pub fn status_line(status: &Status, seconds: Option<u64>, stale: Option<&str>) -> Html {
    let said = match status {
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
    let countdown =
        seconds.map(|seconds| html! { <span aria-hidden="true">{ format!("in {seconds} s") }</span> });
    let can_hurry = seconds.is_some() || *status == Status::Offline;
    html! {
        <div class="status" data-testid="status" data-status={status_word(status)} title={why}>
            <span class="dot" aria-hidden="true"></span>
            <span role="status">{ said }{ refusal.to_owned() }</span>
            { countdown.unwrap_or_default() }
            { if can_hurry { now() } else { Html::default() } }
            { stale.map(|stale| words("span", "stale", &format!("as of {stale}"))).unwrap_or_default() }
        </div>
    }
}

fn now() -> Html {
    html! { <button type="button" class="plain" data-testid="retry-now" data-act="now">{ "now" }</button> }
}
