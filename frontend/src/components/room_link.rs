//! A room in the side bar: an ordinary address, so that it can be copied and opened in another tab; a simple click does
//! not load the page anew.

use yew::prelude::*;

use super::{Shape, icon};
use crate::state::{Listed, href};

/// The link, with what is new.
pub fn room_link(room: &Listed) -> Html {
    let Listed { name, unread, has_news, is_visited, is_current, .. } = room;
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
                <span class="name" dir="auto">{ name.as_str() }</span>
                if *unread > 0 {
                    <span class="unread">{ unread }<span class="unseen">{ " unread" }</span></span>
                } else if *has_news {
                    <span class="dot"><span class="unseen">{ "something new" }</span></span>
                }
            </a>
            if *is_visited && !is_current {
                <button
                    type="button"
                    class="tool forget"
                    aria-label={format!("Forget {name}")}
                    data-act={format!("forget {name}")}
                >
                    { icon(Shape::Close) }
                </button>
            }
        </li>
    }
}
