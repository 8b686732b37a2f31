//! The message that another one answers, in a line above it.

use std::rc::Rc;

use holdline_shared::Seq;
use yew::prelude::*;

use crate::state::{Line, hue};

/// A message that is answered, and itself where it is on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// Which.
    pub seq: Seq,
    /// It, unless it stands further up than what was read.
    pub line: Option<Rc<Line>>,
}

/// The quote; a click goes there.
pub fn quote_view(quote: &Quote, on_show: &Callback<Seq>) -> Html {
    let seq = quote.seq;
    let onclick = on_show.reform(move |_| seq);
    html! {
        <button class="quote" type="button" {onclick} title="Go to the message">
            if let Some(line) = &quote.line {
                <b class={format!("hue-{}", hue(&line.message.author.id))}>{ line.message.author.name.as_str() }</b>
                <span class="quoted" dir="auto">{ excerpt(line) }</span>
            } else {
                <span class="quoted">{ "an earlier message" }</span>
            }
        </button>
    }
}

/// Its first words; the style sheet cuts where the line ends.
fn excerpt(line: &Line) -> String {
    match &line.message.text {
        Some(text) => {
            text.as_str().split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect()
        }
        None => "deleted".to_owned(),
    }
}
