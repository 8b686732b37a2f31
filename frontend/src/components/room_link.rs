//! A room in the side bar: an ordinary link, so that it can be copied and opened in another tab; a plain click does not
//! reload the page.

use holdline_shared::{RoomName, Seq, Visibility};
use yew::prelude::*;
use yew_router::Routable;

use super::{Shape, hidden, icon, icon_button_of};
use crate::api::dom;
use crate::command::Command;
use crate::route::Route;
use crate::state::ListedRoom;
use crate::words;

/// The link, with its marks for news.
pub fn room_link(room: &ListedRoom, run: &Callback<Command>) -> Html {
    let ListedRoom { name, title, visibility, unread, has_news, has_draft, has_failed, .. } = room;
    let ListedRoom { is_visited, is_current, is_archived, .. } = room;
    let sign = match visibility {
        Visibility::Public => None,
        Visibility::Private => Some((Shape::Lock, words::PRIVATE)),
        Visibility::Direct => Some((Shape::Talk, words::DIRECT)),
    };
    let onclick = follow(Command::Go(name.clone()), run);
    let forget = {
        let name = name.clone();
        run.reform(move |_: MouseEvent| Command::Forget(name.clone()))
    };
    html! {
        <li key={name.as_str()} class={classes!("room-item", is_current.then_some("current"))}>
            <a
                href={address(&Route::of_room(name))}
                class={classes!("room-link", has_news.then_some("news"))}
                aria-current={is_current.then_some("page")}
                data-testid="room-link"
                data-room={name.to_string()}
                {onclick}
            >
                if let Some((shape, word)) = sign {
                    { icon(shape) }{ hidden(word) }
                }
                <span class="name" dir="auto" translate="no">{ title.clone() }</span>
                if *is_archived {
                    <span class="mark">{ words::ARCHIVED }</span>
                }
                if *has_failed {
                    <span key="failed" class="mark error">{ words::NOT_SENT }</span>
                } else if *has_draft {
                    <span key="draft" class="mark">{ words::DRAFT }</span>
                }
                if *unread > 0 {
                    <span class="unread" translate="no">{ *unread }{ hidden(words::UNREAD) }</span>
                } else if *has_news {
                    <span class="dot">{ hidden(words::SOMETHING_NEW) }</span>
                }
            </a>
            if *is_visited && *name != RoomName::lobby() && *visibility == Visibility::Public {
                { icon_button_of("forget", Shape::Close, words::forget(title), forget) }
            }
        </li>
    }
}

/// A link to a message, with these words.
pub(super) fn message_link(room: &RoomName, seq: Seq, text: &str, run: &Callback<Command>) -> Html {
    let href = address(&Route::of_message(room, seq));
    html! { <a key={text} {href} onclick={follow(Command::Show(room.clone(), seq), run)}>{ text }</a> }
}

/// Returns the address of a page relative to the base: the page may be mounted under a prefix.
fn address(route: &Route) -> String {
    let path = route.to_path();
    if path == "/" { "./".to_owned() } else { path.trim_start_matches('/').to_owned() }
}

/// Runs a command on a plain click; on others, the browser follows the link.
pub(super) fn follow(command: Command, run: &Callback<Command>) -> Callback<MouseEvent> {
    let run = run.clone();
    Callback::from(move |event: MouseEvent| {
        if dom::is_plain_click(&event) {
            event.prevent_default();
            run.emit(command.clone());
        }
    })
}
