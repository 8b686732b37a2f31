//! The form for a new room, public or visible only to its members.

use holdline_shared::Topic;
use yew::prelude::*;

use super::panel_of::PanelOf;
use crate::api::dom;
use crate::api::form::Values;
use crate::command::Command;
use crate::components::{Field, FormOf, Kind, form};
use crate::state::{Panel, Request, typed_room};
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let is_member = of.state.session.is_member();
    let choices = words::WHO_SEES.into_iter().map(|(value, word)| (value.into(), word.into())).collect();
    let fields = html! {
        <>
            <Field name="title" label={words::TITLE} is_required=true has_focus=true />
            if is_member {
                <Field name="visibility" label={words::WHO_SEES_IT} kind={Kind::Choice(choices)} value="private" />
            } else {
                <p class="faint">
                    { words::GUESTS_MAKE_PUBLIC }{ " " }{ of.opener(words::BECOME_MEMBER, Panel::Passphrase) }
                </p>
            }
        </>
    };
    let on_submit = of.run.reform(|values: Values| {
        let title = values.text("title");
        let made = if values.text("visibility") == "private" {
            let title = Topic::parse(title).map_err(|why| why.to_string());
            title.map(|title| Command::Ask(Request::MakeRoom(title)))
        } else {
            typed_room(&dom::lower_case(title)).map(Command::Make)
        };
        made.unwrap_or_else(Command::Complain)
    });
    form(FormOf {
        id: "room-form",
        fields,
        submit: words::MAKE_ROOM,
        class: "primary",
        settings: Some(&of.state.settings),
        on_submit,
    })
}
