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
pub fn quote_view(quote: &Quote) -> Html {
    let (who, hue, said) = match &quote.line {
        None => ("", 0, "an earlier message".to_owned()),
        Some(line) => (line.message.author.name.as_str(), hue(&line.message.author.id), excerpt(line)),
    };
    html! {
        <button class="quote" type="button" data-act={format!("show {}", quote.seq)} title="Go to the message">
            <b class={format!("hue-{hue}")}>{ who }</b>
            <span class="quoted" dir="auto">{ said }</span>
        </button>
    }
}

/// Its first words; the style sheet cuts where the line ends.
fn excerpt(line: &Line) -> String {
    match &line.message.text {
        Some(text) => text.as_str().chars().take(160).map(|c| if c == '\n' { ' ' } else { c }).collect(),
        None => "deleted".to_owned(),
    }
}
