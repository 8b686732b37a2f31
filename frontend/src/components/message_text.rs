//! A message's text: as nodes, never as markup, with its links made clickable.

use yew::prelude::*;

use super::{tag, text};
use crate::state::{Piece, pieces};

/// The text.
#[inline(never)]
pub fn message_text(said: &str) -> Html {
    tag("div|class=text|data-testid=message-text|dir=auto").all(pieces(said).into_iter().map(view)).end()
}

fn view(piece: Piece<'_>) -> Html {
    match piece {
        Piece::Text(said) => text(said.to_owned().into()),
        Piece::Link(link) => {
            let link = AttrValue::from(link.to_owned());
            let there = tag("a").set("href", link.clone());
            there.set("rel", "noopener noreferrer").set("target", "_blank").say(link).end()
        }
    }
}
