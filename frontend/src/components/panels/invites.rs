//! The invite links, and the form for a new one.

use holdline_shared::{InviteRole, InviteSummary, RoomName};
use yew::prelude::*;

use super::listing::{listing, row};
use super::panel_of::PanelOf;
use super::secret::secret;
use crate::components::{Field, FormOf, Kind, changing, form};
use crate::state::{Invitation, Listing, Request};
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let settings = &of.state.settings;
    let invites = if let Some(Listing::Invites(all)) = &settings.listing { Some(&all[..]) } else { None };
    html! {
        <>
            { secret(of, words::LINK_ONCE) }
            { make(of, None) }
            { listing(settings, invites, words::NO_INVITES, |invite| {
                let InviteSummary { id, role, uses, used, expires, room, note, .. } = invite;
                let room = room.as_ref().map(|room| of.state.title_of(room));
                let what = words::invite(*role, room.as_deref(), note.as_str());
                let is_over = used >= uses || (of.locale.now)() >= *expires;
                let below = if is_over {
                    words::INVITE_OVER.to_owned()
                } else {
                    words::invite_uses(*used, *uses, &of.locale.day_and_time(*expires))
                };
                let name = format!("{what}, {below}");
                let tools = of.row_button(words::REVOKE, &name, Request::RevokeInvite(id.clone()));
                row(id, changing(what), below, tools)
            }) }
        </>
    }
}

/// The form for a link into the room on the screen.
pub(super) fn view_for_room(of: &PanelOf<'_>) -> Html {
    let room = of.state.room().map(|room| room.name.clone());
    html! { <>{ secret(of, words::LINK_ONCE) }{ make(of, room) }</> }
}

fn make(of: &PanelOf<'_>, room: Option<RoomName>) -> Html {
    let is_admin = of.state.session.is_admin();
    let roles = words::INVITE_ROLES.into_iter().filter(|(value, _)| is_admin || *value != "admin");
    let roles = roles.map(|(value, word)| (value.into(), word.into())).collect();
    let fields = html! {
        <>
            <div class="pair">
                <Field name="role" label={words::WHAT_THEY_BECOME} kind={Kind::Choice(roles)} value="member" />
                <Field name="note" label={words::NOTE} hint={words::NOTE_WHY} />
            </div>
            <div class="pair">
                <Field name="uses" label={words::HOW_MANY_PEOPLE} kind={Kind::Number} value="1" />
                <Field name="days" label={words::HOW_MANY_DAYS} kind={Kind::Number} value="7" />
            </div>
        </>
    };
    form(FormOf {
        id: "invite-form",
        fields,
        submit: words::MAKE_LINK,
        class: "primary",
        settings: Some(&of.state.settings),
        on_submit: of.on_submit(move |values| {
            let role = match values.text("role") {
                "guest" => InviteRole::Guest,
                "admin" => InviteRole::Admin,
                _ => InviteRole::Member,
            };
            let (uses, days) = (values.number("uses"), values.number("days"));
            let (room, note) = (room.clone(), values.text("note").to_owned());
            Ok(Request::Invite(Invitation { uses, days, role, room, note }))
        }),
    })
}
