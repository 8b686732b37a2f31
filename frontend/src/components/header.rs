//! The top of a room: its name and topic, the connection, and on narrow screens the ways to rooms and people.

use yew::prelude::*;

use super::{FieldKind, InlineEdit, Shape, icon, inline_edit};
use crate::state::{Locale, Room};

static FIELD: FieldKind = FieldKind {
    class: "inline-edit open topic",
    name: "topic-input",
    is_message: false,
    saves_on_blur: true,
};

/// What is shown.
pub struct Header<'a> {
    /// The room; `None` on a page that is no room.
    pub room: Option<&'a Room>,
    /// Whether its topic is being changed.
    pub is_open: bool,
    /// How many are here, once known.
    pub here: Option<usize>,
    /// Whether something is new in other rooms.
    pub has_news: bool,
    /// The connection.
    pub status: Html,
    /// The reader's way of counting.
    pub locale: Locale,
    /// Takes another topic.
    pub on_done: Callback<Option<String>, Result<(), String>>,
}

/// The header.
pub fn header(header: Header<'_>) -> Html {
    let Header { room, is_open, here, has_news, status, locale, on_done } = header;
    let title = room.map(|room| {
        let text = room.topic.as_str();
        let children = if text.is_empty() {
            html! { <span class="faint">{ "Add a topic" }</span> }
        } else {
            html! { <span dir="auto">{ text }</span> }
        };
        let label = "Change the topic";
        let topic =
            InlineEdit { name: "topic", kind: &FIELD, label, text, is_open, locale, on_done, children };
        html! {
            <div class="title"><h1 dir="auto">{ room.name.as_str() }</h1>{ inline_edit(topic) }</div>
        }
    });
    html! {
        <header class="top">
            <button type="button" class="tool drawer-button" aria-label="Rooms" data-act="rooms">
                { icon(Shape::Menu) }
                if has_news {
                    <span class="dot"><span class="unseen">{ "something new" }</span></span>
                }
            </button>
            { title.unwrap_or_default() }
            { status }
            <button type="button" class="tool drawer-button" aria-label="People" data-act="people">
                { icon(Shape::People) }
                if let Some(count) = here {
                    <span class="here">{ count }</span>
                }
            </button>
        </header>
    }
}
