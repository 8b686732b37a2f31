//! A message's text: as nodes, never as markup, with its links made clickable.

use yew::prelude::*;

use crate::state::{Piece, pieces};

/// The text.
pub fn message_text(text: &str) -> Html {
    html! {
        <div class="text" data-testid="message-text" dir="auto">
            for piece in pieces(text) {
                { view(piece) }
            }
        </div>
    }
}

fn view(piece: Piece<'_>) -> Html {
    match piece {
        Piece::Text(text) => html! { text.to_owned() },
        Piece::Link(link) => {
            let link = AttrValue::from(link.to_owned());
            html! { <a href={&link} rel="noopener noreferrer" target="_blank">{ link }</a> }
        }
    }
}
