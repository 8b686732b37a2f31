//! The message that another one answers, in a line above it.

use std::rc::Rc;

use holdline_shared::{RoomName, Seq};
use yew::prelude::*;

use super::{changing, name, tab_index};
use crate::command::Command;
use crate::state::Line;
use crate::words;

/// A message being answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// The message's position in the log.
    pub seq: Seq,
    /// The message, unless it is older than the loaded ones.
    pub line: Option<Rc<Line>>,
    /// The quoting message, unless it is still on its way.
    pub from: Option<Seq>,
}

/// The quote, with or without a Tab stop; a click goes to the quoted message.
pub fn quote_link(room: &RoomName, quote: &Quote, is_reached_by_tab: bool, run: &Callback<Command>) -> Html {
    let Quote { seq, line, from } = quote;
    let onclick = {
        let follow = Command::FollowQuote { room: room.clone(), seq: *seq, from: *from };
        run.reform(move |_: MouseEvent| follow.clone())
    };
    html! {
        <button type="button" class="quote" data-testid="show" tabindex={tab_index(is_reached_by_tab)} {onclick}>
            { quoted(line.as_deref()) }
        </button>
    }
}

/// The author of a message and its beginning, if it is loaded.
pub(super) fn quoted(line: Option<&Line>) -> Html {
    let text = line.map_or_else(|| words::QUOTE_NOT_LOADED.to_owned(), excerpt);
    html! {
        <>
            if let Some(line) = line {
                { name(&line.message.author) }{ " " }
            }
            <span class="quoted" dir="auto">{ changing(text) }</span>
        </>
    }
}

/// Returns the beginning of a message; the style sheet cuts it at the end of the line.
pub(super) fn excerpt(line: &Line) -> String {
    match &line.message.text {
        Some(text) => text.as_str().chars().take(160).map(|c| if c == '\n' { ' ' } else { c }).collect(),
        None => words::QUOTE_DELETED.to_owned(),
    }
}
