//! The webhooks of the room on the screen: programs that post into it, and programs that receive its messages.

use holdline_shared::RoomName;
use yew::prelude::*;

use super::listing::{listing, row};
use super::panel_of::PanelOf;
use super::secret::secret;
use crate::components::{Field, FormOf, form, outcome, verbatim};
use crate::state::{Hook, Listing, Request};
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let Some(room) = of.state.room().map(|room| room.name.clone()) else { return Html::default() };
    let settings = &of.state.settings;
    let hooks = if let Some(Listing::Hooks(all)) = &settings.listing { Some(&all[..]) } else { None };
    html! {
        <>
            { outcome(settings) }
            { secret(of, words::HOOK_ADDRESS_ONCE) }
            { incoming(of, room.clone()) }
            { outgoing(of, room.clone()) }
            { listing(settings, hooks, words::NO_HOOKS, |Hook { id, way, name, url, stopped }| {
                let tools = of.row_button(words::REMOVE, name, Request::RemoveHook(room.clone(), id.clone()));
                row(id, verbatim(name.as_str()), words::hook(*way, url.as_deref(), *stopped), tools)
            }) }
        </>
    }
}

/// The form that creates an address for a program to post to.
fn incoming(of: &PanelOf<'_>, room: RoomName) -> Html {
    let fields = html! {
        <>
            <h3>{ words::HOOK_POSTS }</h3>
            <Field name="posts-as" label={words::HOOK_NAME} hint={words::HOOK_NAME_WHY} is_required=true />
        </>
    };
    form(FormOf {
        id: "incoming-form",
        fields,
        submit: words::MAKE_ADDRESS,
        class: "",
        settings: None,
        on_submit: of.on_submit(move |values| {
            let (room, name) = (room.clone(), values.text("posts-as").to_owned());
            Ok(Request::IncomingHook { room, name })
        }),
    })
}

/// The form that sends the room's messages to a program.
fn outgoing(of: &PanelOf<'_>, room: RoomName) -> Html {
    let fields = html! {
        <>
            <h3>{ words::HOOK_SENDS }</h3>
            <div class="pair">
                <Field name="known-as" label={words::HOOK_NAME} is_required=true />
                <Field name="url" label={words::HOOK_URL} hint={words::HOOK_URL_WHY} is_required=true />
            </div>
        </>
    };
    form(FormOf {
        id: "outgoing-form",
        fields,
        submit: words::SEND_THERE,
        class: "",
        settings: None,
        on_submit: of.on_submit(move |values| {
            let (name, url) = (values.text("known-as").to_owned(), values.text("url").to_owned());
            Ok(Request::OutgoingHook { room: room.clone(), name, url })
        }),
    })
}
