//! A room in the side bar.

use holdline_shared::RoomName;
use yew::prelude::*;

use super::{Icon, PageLink, Shape};
use crate::hooks::Navigate;
use crate::state::{Listed, href};

/// Which.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The room.
    pub room: Listed,
    /// Goes there.
    pub navigate: Navigate,
    /// Takes it from the list of rooms visited.
    pub on_forget: Callback<RoomName>,
}

/// The link, with what is new.
#[component]
pub fn RoomLink(props: &Props) -> Html {
    let Listed { name, unread, has_news, is_visited, is_current, .. } = &props.room;
    let forgotten = name.clone();
    let onclick = props.on_forget.reform(move |_| forgotten.clone());
    let class = classes!("room-link", has_news.then_some("news"));
    html! {
        <li class={classes!("room-item", is_current.then_some("current"))}>
            <PageLink
                href={href(name)}
                navigate={&props.navigate}
                {class}
                is_current={*is_current}
                testid="room-link"
                room={name.as_str().to_owned()}
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
            </PageLink>
            if *is_visited && !is_current {
                <button type="button" class="tool forget" aria-label={format!("Forget {name}")} {onclick}>
                    <Icon shape={Shape::Close} />
                </button>
            }
        </li>
    }
}
