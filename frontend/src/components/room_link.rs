//! A room in the side bar.

use holdline_shared::RoomName;
use yew::prelude::*;

use super::{Navigate, Shape, follow, icon};
use crate::state::{Listed, href};

/// The link, with what is new.
pub fn room_link(room: &Listed, navigate: &Navigate, on_forget: &Callback<RoomName>) -> Html {
    let Listed { name, unread, has_news, is_visited, is_current, .. } = room;
    let forgotten = name.clone();
    let onclick = on_forget.reform(move |_| forgotten.clone());
    let class = if *has_news { "room-link news" } else { "room-link" };
    html! {
        <li key={name.as_str()} class={if *is_current { "room-item current" } else { "room-item" }}>
            <a
                href={href(name)}
                {class}
                aria-current={is_current.then_some("page")}
                data-testid="room-link"
                data-room={name.as_str().to_owned()}
                onclick={follow(&href(name), navigate)}
            >
                <span class="name" dir="auto">{ name.as_str() }</span>
                if *unread > 0 {
                    <span class="unread">
                        { if *unread > 99 { "99+".to_owned() } else { unread.to_string() } }
                        <span class="unseen">{ " unread" }</span>
                    </span>
                } else if *has_news {
                    <span class="dot"><span class="unseen">{ "something new" }</span></span>
                }
            </a>
            if *is_visited && !is_current {
                <button type="button" class="tool forget" aria-label={format!("Forget {name}")} {onclick}>
                    { icon(Shape::Close) }
                </button>
            }
        </li>
    }
}
