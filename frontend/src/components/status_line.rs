//! The connection, as it is. What a screen reader says changes only with the status; the seconds pass silently.

use holdline_shared::Status;
use yew::prelude::*;

use crate::state::status_word;

/// What is true.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The status.
    pub status: Status,
    /// Seconds until the next try.
    #[prop_or_default]
    pub seconds: Option<u64>,
    /// Since when what is shown may be old, in words.
    #[prop_or_default]
    pub stale: Option<AttrValue>,
    /// Do not wait any longer.
    #[prop_or_default]
    pub on_now: Callback<()>,
}

/// The line.
#[component]
pub fn StatusLine(props: &Props) -> Html {
    let words = match &props.status {
        Status::Connecting => "Connecting…",
        Status::Live => "Live",
        Status::Reconnecting { .. } => "Reconnecting",
        Status::Retrying => "Trying again…",
        Status::Offline => "Offline",
        Status::Refused { .. } => "Refused",
        Status::Repairing => "Catching up…",
    };
    let why = match &props.status {
        Status::Reconnecting { why, .. } | Status::Refused { why, .. } => Some(why.clone()),
        _ => None,
    };
    let is_refused = matches!(props.status, Status::Refused { .. });
    let can_hurry = is_refused || matches!(props.status, Status::Reconnecting { .. } | Status::Offline);
    html! {
        <div class="status" data-testid="status" data-status={status_word(&props.status)} title={why.clone()}>
            <span class="dot" aria-hidden="true"></span>
            <span role="status">
                { words }
                if is_refused {
                    { ": " }{ why.unwrap_or_default() }
                }
            </span>
            if let Some(seconds) = props.seconds {
                <span class="countdown" aria-hidden="true">{ format!("in {seconds} s") }</span>
            }
            if can_hurry {
                <button type="button" class="plain" data-testid="retry-now" onclick={props.on_now.reform(|_| ())}>
                    { "now" }
                </button>
            }
            if let Some(stale) = &props.stale {
                <span class="stale">{ format!("as of {stale}") }</span>
            }
        </div>
    }
}
