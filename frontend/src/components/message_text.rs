//! A message's text: as nodes, never as markup, with clickable links and monospaced code.

use yew::prelude::*;

use super::tab_index;
use crate::state::{Piece, pieces};
use crate::words;

/// A text with more lines or bytes than this is cut until the reader unfolds it.
const LINES: usize = 16;
const BYTES: usize = 1_600;

/// The text, with or without Tab stops at its links, and `after` on its last line. A long text is cut unless the state
/// says that it is unfolded. The key gives each text its own element: a browser that translates pages replaces text
/// nodes, and nodes that are gone cannot be updated.
pub fn message_text(
    text: &str,
    is_reached_by_tab: bool,
    after: Html,
    is_unfolded: Option<&UseStateHandle<bool>>,
) -> Html {
    let is_unfolded = is_unfolded.filter(|_| text.len() > BYTES || text.lines().count() > LINES);
    let is_cut = is_unfolded.is_some_and(|is_unfolded| !**is_unfolded);
    let class = classes!("text", is_emoji(text).then_some("emoji"), is_cut.then_some("cut"));
    html! {
        <>
            <div {class} dir="auto">
                <span key={text} data-testid="message-text">
                    { for pieces(text).into_iter().map(|piece| view(piece, is_reached_by_tab)) }
                </span>
                { after }
            </div>
            if let Some(is_unfolded) = is_unfolded {
                { unfold(is_unfolded, is_reached_by_tab) }
            }
        </>
    }
}

fn unfold(is_unfolded: &UseStateHandle<bool>, is_reached_by_tab: bool) -> Html {
    let (setter, is_open) = (is_unfolded.setter(), **is_unfolded);
    html! {
        <button
            type="button"
            class="plain"
            aria-expanded={if is_open { "true" } else { "false" }}
            tabindex={tab_index(is_reached_by_tab)}
            onclick={move |_| setter.set(!is_open)}
        >
            { if is_open { words::SHOW_LESS } else { words::SHOW_ALL } }
        </button>
    }
}

/// Whether the text is nothing but a few emoji, which are shown larger.
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
        Piece::Code(code) => html! {
            <code class={code.contains('\n').then_some("block")} translate="no">{ code.to_owned() }</code>
        },
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
