//! The message that another one answers, in a line above it.

use std::rc::Rc;

use holdline_shared::Seq;
use yew::prelude::*;

use super::{all, button, name, words};
use crate::state::Line;

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
    let (who, said) = match &quote.line {
        None => (Html::default(), "an earlier message".to_owned()),
        Some(line) => (name(&line.message.author), excerpt(line)),
    };
    let content = all(vec![who, words("span", "quoted", &said)]);
    button("quote", format!("show {}", quote.seq), None, content)
}

/// Its first words; the style sheet cuts where the line ends.
fn excerpt(line: &Line) -> String {
    match &line.message.text {
        Some(text) => text.as_str().chars().take(160).map(|c| if c == '\n' { ' ' } else { c }).collect(),
        None => "deleted".to_owned(),
    }
}
