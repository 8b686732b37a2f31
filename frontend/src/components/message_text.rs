//! A message's text: as nodes, never as markup, with its links made clickable and its code in letters of one width.

use yew::prelude::*;

use super::tab_index;
use crate::hooks::use_shown;
use crate::state::{Piece, pieces};
use crate::words;

/// A text with more lines or bytes than this is cut until the reader wants all of it.
const LINES: usize = 16;
const BYTES: usize = 1_600;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub text: AttrValue,
    /// Whether Tab stops at its links.
    pub is_reached_by_tab: bool,
    /// What stands on its last line.
    pub after: Html,
}

/// The text. Another text is another element, by its key: a browser that translates pages replaces text nodes, and nodes
/// that are not there any more cannot be changed.
#[component]
pub fn MessageText(props: &Props) -> Html {
    let Props { text, is_reached_by_tab, after } = props;
    let is_open = use_state_eq(|| false);
    let is_long = text.len() > BYTES || text.lines().count() > LINES;
    let node = use_node_ref();
    use_shown(&node, *is_open);
    let onclick = {
        let (setter, next) = (is_open.setter(), !*is_open);
        Callback::from(move |_: MouseEvent| setter.set(next))
    };
    let class = classes!("text", is_emoji(text).then_some("emoji"), (is_long && !*is_open).then_some("cut"));
    html! {
        <>
            <div ref={node} {class} dir="auto">
                <span key={text.to_string()} data-testid="message-text">
                    { for pieces(text).into_iter().map(|piece| view(piece, *is_reached_by_tab)) }
                </span>
                { after.clone() }
            </div>
            if is_long {
                <button
                    type="button"
                    class="plain"
                    aria-expanded={if *is_open { "true" } else { "false" }}
                    tabindex={tab_index(*is_reached_by_tab)}
                    {onclick}
                >
                    { if *is_open { words::SHOW_LESS } else { words::SHOW_ALL } }
                </button>
            }
        </>
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
