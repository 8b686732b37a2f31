//! The top of a room: its name and topic, the connection, and on narrow screens the ways to rooms and people.

use yew::prelude::*;

use super::{FieldKind, InlineEdit, Shape, all, button, dot, icon, inline_edit, tag, words};
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
        let (class, shown) = if text.is_empty() { ("faint", "Add a topic") } else { ("", text) };
        let (label, children) = ("Change the topic", words("span", class, shown));
        let topic =
            InlineEdit { name: "topic", kind: &FIELD, label, text, is_open, locale, on_done, children };
        let name = words("h1", "", room.name.as_str());
        tag("div|class=title").with(name).with(inline_edit(topic)).end()
    });
    let news = if has_news { dot() } else { Html::default() };
    let count = here.map(|count| words("span", "here", &count.to_string()));
    let rooms = all(vec![icon(Shape::Menu), news]);
    let people = all(vec![icon(Shape::People), count.unwrap_or_default()]);
    tag("header|class=top")
        .with(drawer_button("rooms", "Rooms", rooms))
        .with(title.unwrap_or_default())
        .with(status)
        .with(drawer_button("people", "People", people))
        .end()
}

/// A button that narrow screens have.
pub fn drawer_button(act: &str, name: &str, content: Html) -> Html {
    button("tool drawer-button", act.to_owned(), Some(name), content)
}
