//! The top of a room: its name and topic, the connection, and on narrow screens the ways to rooms and people.

use holdline_shared::{RoomName, Topic};
use yew::prelude::*;

use super::{InlineEdit, Shape, icon};

/// Of which room.
#[derive(Debug)]
pub struct Header {
    /// Its name; `None` on a page that is no room.
    pub room: Option<RoomName>,
    /// What it is about.
    pub topic: Topic,
    /// How many are here, once known.
    pub here: Option<usize>,
    /// Whether something is new in other rooms.
    pub has_news: bool,
    /// The connection.
    pub status: Html,
    /// Takes another topic.
    pub on_topic: Callback<Topic>,
    /// Opens the rooms.
    pub on_rooms: Callback<()>,
    /// Opens the people.
    pub on_people: Callback<()>,
}

/// The header.
pub fn header(props: Header) -> Html {
    let on_topic = props.on_topic;
    let on_save = Callback::from(move |text: String| {
        on_topic.emit(Topic::parse(&text).map_err(|why| why.to_string())?);
        Ok(())
    });
    let people = match props.here {
        Some(count) => format!("People here: {count}"),
        None => "People here".to_owned(),
    };
    html! {
        <header class="top">
            <button type="button" class="tool drawer-button" aria-label="Rooms" onclick={props.on_rooms.reform(|_| ())}>
                { icon(Shape::Menu) }
                if props.has_news {
                    <span class="dot"><span class="unseen">{ "something new" }</span></span>
                }
            </button>
            if let Some(room) = &props.room {
                <div class="title">
                    <h1 dir="auto">{ room.as_str() }</h1>
                    <InlineEdit
                        key={room.as_str()}
                        label="Change the topic"
                        class="topic"
                        value={props.topic.as_str().to_owned()}
                        {on_save}
                    >
                        if props.topic.as_str().is_empty() {
                            <span class="faint">{ "Add a topic" }</span>
                        } else {
                            <span dir="auto">{ props.topic.as_str() }</span>
                        }
                    </InlineEdit>
                </div>
            }
            { props.status }
            <button
                type="button"
                class="tool drawer-button"
                aria-label={people}
                onclick={props.on_people.reform(|_| ())}
            >
                { icon(Shape::People) }
                if let Some(count) = props.here {
                    <span class="here">{ count }</span>
                }
            </button>
        </header>
    }
}
