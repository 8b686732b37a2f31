//! Leaving the room on the screen, or, for its admins, deleting it.

use holdline_shared::{Role, RoomName};
use yew::prelude::*;

use super::panel_of::PanelOf;
use crate::components::{Field, FormOf, changing, form, outcome};
use crate::state::Request;
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let state = of.state;
    let Some((room, me)) = state.room().zip(state.session.id()) else { return Html::default() };
    let standing = state.rooms.standing(&room.name);
    let (is_member, visibility) = (standing.role > Role::None, standing.policy.visibility);
    let can_delete = state.is_room_admin() && room.name != RoomName::lobby();
    let leave = Request::LeaveRoom { room: room.name.clone(), me: me.clone() };
    html! {
        <>
            if is_member {
                <p>{ changing(words::leave_room_why(visibility)) }{ " " }{ of.button(words::LEAVE_ROOM, leave) }</p>
            }
            if can_delete {
                { delete(of, &room.name) }
            } else {
                { outcome(&state.settings) }
            }
        </>
    }
}

/// The form that deletes the room, once its title was typed.
fn delete(of: &PanelOf<'_>, room: &RoomName) -> Html {
    let title = of.state.title_of(room);
    let fields = html! {
        <>
            <p>{ words::DELETE_ROOM_WHY }</p>
            <Field name="confirm" label={words::type_title(&title)} is_required=true />
        </>
    };
    let room = room.clone();
    form(FormOf {
        id: "delete-form",
        fields,
        submit: words::DELETE_ROOM,
        class: "danger",
        settings: Some(&of.state.settings),
        on_submit: of.on_submit(move |values| {
            if values.text("confirm") == title {
                Ok(Request::DeleteRoom(room.clone()))
            } else {
                Err(words::OTHER_TITLE.to_owned())
            }
        }),
    })
}
