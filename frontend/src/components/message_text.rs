//! A message's text: as nodes, never as markup, with its links made clickable and its code in letters of one width.

use yew::prelude::*;

use super::tab_index;
use crate::state::{Piece, pieces};

/// The text, with or without stops for Tab at its links, and `after` on its last line. Another text is another element, by its key: a browser that translates pages
/// replaces text nodes, and nodes that are not there any more cannot be changed.
pub fn message_text(text: &str, is_reached_by_tab: bool, after: Html) -> Html {
    html! {
        <div class={classes!("text", is_emoji(text).then_some("emoji"))} dir="auto">
            <span key={text} data-testid="message-text">{ for pieces(text).into_iter().map(|piece| view(piece, is_reached_by_tab)) }</span>
            { after }
        </div>
    }
}

/// Few pictures and nothing else, which are shown larger.
fn is_emoji(text: &str) -> bool {
    text.len() <= 32
        && text.chars().all(|c| {
            c.is_whitespace()
                || matches!(c, '\u{200D}' | '\u{FE0F}' | '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}')
        })
}

fn view(piece: Piece<'_>, is_reached_by_tab: bool) -> Html {
    match piece {
        Piece::Text(text) => html! { { text.to_owned() } },
        Piece::Code(code) => html! { <code translate="no">{ code.to_owned() }</code> },
        Piece::Link(link) => html! {
            <a
                href={link.to_owned()}
                rel="noopener noreferrer"
                target="_blank"
                tabindex={tab_index(is_reached_by_tab)}
            >
                { link.to_owned() }
            </a>
        },
    }
}
