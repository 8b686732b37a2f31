//! What somebody new is told: who they are here, who can read along, and how others come.

use holdline_shared::RoomName;
use yew::prelude::*;
use yew_router::Routable;

use crate::api::base;
use crate::route::Route;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub room: RoomName,
    /// The reader's name, once known.
    pub me: Option<AttrValue>,
}

/// The welcome of a room in which nothing was said.
#[component]
pub fn Welcome(props: &Props) -> Html {
    let Props { room, me } = props;
    // Asked of the browser after drawing; on the host there is none.
    let address = use_state_eq(String::new);
    {
        let setter = address.setter();
        use_effect_with(room.clone(), move |room| {
            setter.set(base().url + Route::of_room(room).to_path().trim_start_matches('/'));
        });
    }
    html! {
        <div class="empty">
            <strong>{ words::EMPTY_ROOM }</strong>
            if let Some(me) = me {
                <span>{ words::you_are(me) }</span>
            }
            <span>{ words::invitation(room.as_str()) }</span>
            <code translate="no">{ (*address).clone() }</code>
        </div>
    }
}
