//! The status of the connection. Screen readers announce only real changes; the seconds and the attempts pass silently.

use holdline_shared::Status;
use yew::prelude::*;

use super::changing;
use crate::command::Command;
use crate::words;

/// The line: the status, the seconds until the next attempt, and the time up to which the page is complete, if they are
/// worth showing.
pub fn status_line(
    status: &Status,
    seconds: Option<u64>,
    complete_to: Option<&str>,
    run: &Callback<Command>,
) -> Html {
    let onclick = run.reform(|_: MouseEvent| Command::TryNow);
    let (word, said) = match status {
        Status::Connecting => ("connecting", words::CONNECTING.to_owned()),
        Status::Live => ("live", words::LIVE.to_owned()),
        Status::Reconnecting { .. } => ("reconnecting", words::NOT_CONNECTED.to_owned()),
        Status::Retrying => ("retrying", words::NOT_CONNECTED.to_owned()),
        Status::Offline => ("offline", words::OFFLINE.to_owned()),
        Status::Refused { why, .. } => ("refused", words::server_refuses(why)),
        Status::Repairing => ("repairing", words::CATCHING_UP.to_owned()),
    };
    let why = if let Status::Reconnecting { why, .. } = status { Some(why.clone()) } else { None };
    let can_hurry = seconds.is_some() || *status == Status::Offline;
    html! {
        <div class="status" data-testid="status" data-status={word} title={why}>
            <span class="dot" aria-hidden="true"></span>
            <span role="status">{ changing(said) }</span>
            if let Some(time) = complete_to {
                { changing(words::messages_up_to(time)) }
            }
            if *status == Status::Retrying {
                <span aria-hidden="true">{ words::TRYING }</span>
            }
            if let Some(seconds) = seconds {
                <span aria-hidden="true" translate="no">{ words::next_try_in(seconds) }</span>
            }
            if can_hurry {
                <button type="button" class="plain" data-testid="retry-now" {onclick}>{ words::TRY_NOW }</button>
            }
        </div>
    }
}
