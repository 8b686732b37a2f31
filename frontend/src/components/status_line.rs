//! The connection, as it is. What a screen reader says changes only with the status; the seconds pass silently.

use holdline_shared::Status;
use yew::prelude::*;

use super::{tag, words};
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
    let countdown = seconds.map(|seconds| tag("span|aria-hidden=true").say(format!("in {seconds} s")).end());
    let can_hurry = seconds.is_some() || *status == Status::Offline;
    let now = || tag("button|type=button|class=plain|data-testid=retry-now|data-act=now").say("now").end();
    tag("div|class=status|data-testid=status")
        .set("data-status", status_word(status))
        .set_some("title", why)
        .with(tag("span|class=dot|aria-hidden=true").end())
        .with(tag("span|role=status").say(format!("{said}{refusal}")).end())
        .with(countdown.unwrap_or_default())
        .with(if can_hurry { now() } else { Html::default() })
        .with(stale.map(|stale| words("span", "stale", &format!("as of {stale}"))).unwrap_or_default())
        .end()
}
