//! The top of a room: its name and topic, the connection, and on narrow screens the buttons for rooms and people.

use yew::prelude::*;

use super::{Shape, Topic, hidden, icon, icon_button};
use crate::command::Command;
use crate::state::{Overlay, Panel, Room};
use crate::words;

/// The content of the header.
pub struct HeaderOf<'a> {
    /// The room; `None` on a page that shows no room.
    pub room: Option<&'a Room>,
    /// The room's display name.
    pub title: String,
    /// The dialog or drawer that is open.
    pub overlay: &'a Overlay,
    /// Whether the room has members to see or rules to change.
    pub has_settings: bool,
    /// The number of people who are here, once known.
    pub here: Option<usize>,
    /// Whether other rooms have news.
    pub has_news: bool,
    /// The status of the connection.
    pub connection: Html,
}

/// The header.
pub fn header(of: HeaderOf<'_>, run: &Callback<Command>) -> Html {
    let HeaderOf { room, title, overlay, has_settings, here, has_news, connection } = of;
    let open = |overlay: Overlay| run.reform(move |_: MouseEvent| Command::Open(overlay.clone()));
    let people = here.map_or_else(|| words::PEOPLE.to_owned(), words::people_here);
    let is_open = |drawer: Overlay| if *overlay == drawer { "true" } else { "false" };
    html! {
        <header class="top">
            <button
                type="button"
                class="tool drawer-button"
                aria-label={words::ROOMS}
                title={words::ROOMS}
                aria-haspopup="dialog"
                aria-expanded={is_open(Overlay::Rooms)}
                onclick={open(Overlay::Rooms)}
            >
                { icon(Shape::Menu) }
                if has_news {
                    <span class="dot">{ hidden(words::SOMETHING_NEW) }</span>
                }
            </button>
            if let Some(room) = room {
                <div class="title" key={room.name.as_str()}>
                    <h1 dir="auto" translate="no">{ title }</h1>
                    <Topic
                        key={room.name.as_str()}
                        room={room.name.clone()}
                        topic={room.topic.clone()}
                        is_open={*overlay == Overlay::Topic}
                    />
                </div>
            }
            { connection }
            if has_settings {
                { icon_button(Shape::Settings, words::SETTINGS, open(Overlay::Panel(Panel::Members))) }
            }
            if room.is_some() {
                <button
                    type="button"
                    class="tool drawer-button"
                    aria-label={people.clone()}
                    title={people}
                    aria-haspopup="dialog"
                    aria-expanded={is_open(Overlay::People)}
                    onclick={open(Overlay::People)}
                >
                    { icon(Shape::People) }
                    if let Some(here) = here {
                        <span class="here" aria-hidden="true" translate="no">{ here }</span>
                    }
                </button>
            }
        </header>
    }
}
