//! A room in the side bar: an ordinary address, so that it can be copied and opened in another tab; a simple click does
//! not load the page anew.

use yew::prelude::*;

use super::{Shape, button, icon, tag, unseen, words};
use crate::state::{Listed, href};

/// The link, with what is new.
pub fn room_link(room: &Listed) -> Html {
    let Listed { name, unread, has_news, is_visited, is_current, .. } = room;
    let news = match (*unread, has_news) {
        (0, false) => Html::default(),
        (0, true) => dot(),
        (n, _) => tag("span|class=unread").say(n.to_string()).with(unseen(" unread")).end(),
    };
    let forget = (*is_visited && !is_current).then(|| {
        button("tool forget", format!("forget {name}"), Some(&format!("Forget {name}")), icon(Shape::Close))
    });
    let link = tag("a|data-testid=room-link|data-act=go")
        .set("href", href(name))
        .set("class", if *has_news { "room-link news" } else { "room-link" })
        .set_some("aria-current", is_current.then_some("page"))
        .set("data-room", name.as_str().to_owned())
        .with(words("span", "name", name.as_str()))
        .with(news)
        .end();
    tag("li")
        .key(name.as_str())
        .set("class", if *is_current { "room-item current" } else { "room-item" })
        .with(link)
        .with(forget.unwrap_or_default())
        .end()
}

/// Something is new somewhere.
pub fn dot() -> Html {
    tag("span|class=dot").with(unseen("something new")).end()
}
