//! A room in the side bar: an ordinary address, so that it can be copied and opened in another tab; a simple click does
//! not load the page anew.

use yew::prelude::*;

use super::{Shape, button, element, icon, unseen, words};
use crate::state::{Listed, href};

/// The link, with what is new.
pub fn room_link(room: &Listed) -> Html {
    let Listed { name, unread, has_news, is_visited, is_current, .. } = room;
    let news = match (*unread, has_news) {
        (0, false) => Html::default(),
        (0, true) => dot(),
        (n, _) => element("span", "unread", html! { <>{ n }{ unseen(" unread") }</> }),
    };
    let forget = (*is_visited && !is_current).then(|| {
        button("tool forget", format!("forget {name}"), Some(format!("Forget {name}")), icon(Shape::Close))
    });
    html! {
        <li key={name.as_str()} class={if *is_current { "room-item current" } else { "room-item" }}>
            <a
                href={href(name)}
                class={if *has_news { "room-link news" } else { "room-link" }}
                aria-current={is_current.then_some("page")}
                data-testid="room-link"
                data-room={name.as_str().to_owned()}
                data-act="go"
            >
                { words("span", "name", name.as_str()) }
                { news }
            </a>
            { forget.unwrap_or_default() }
        </li>
    }
}

/// Something is new somewhere.
pub fn dot() -> Html {
    element("span", "dot", unseen("something new"))
}
