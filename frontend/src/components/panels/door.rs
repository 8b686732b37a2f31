//! The way in for strangers.

use holdline_shared::Door;
use yew::prelude::*;

use super::panel_of::PanelOf;
use crate::components::{Field, FormOf, Kind, form};
use crate::state::Request;
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let now = of.state.session.door.unwrap_or_default();
    let choices = words::DOORS.into_iter().map(|(door, word)| (word_of(door).into(), word.into())).collect();
    let fields = html! {
        <>
            <Field name="door" label={words::WHO_COMES_IN} kind={Kind::Choice(choices)} value={word_of(now)} />
            <Field
                name="join-password"
                label={words::JOIN_PASSWORD}
                kind={Kind::NewSecret}
                hint={words::JOIN_PASSWORD_WHY}
            />
        </>
    };
    form(FormOf {
        id: "door-form",
        fields,
        submit: words::SAVE,
        class: "primary",
        settings: Some(&of.state.settings),
        on_submit: of.on_submit(|values| {
            let chosen = words::DOORS.into_iter().find(|(door, _)| word_of(*door) == values.text("door"));
            let door = chosen.map(|(door, _)| door).unwrap_or_default();
            // Only the password door has a password.
            let password = if door == Door::Password { values.secret("join-password") } else { "" };
            Ok(Request::Door { door, password: password.to_owned() })
        }),
    })
}

fn word_of(door: Door) -> &'static str {
    match door {
        Door::Open => "open",
        Door::Password => "password",
        Door::Invite => "invite",
        Door::Proxy => "proxy",
    }
}
