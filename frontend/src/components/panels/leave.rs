//! Signing out, and erasing an account: one's own, or, as an admin, somebody else's.

use holdline_shared::Person;
use yew::prelude::*;

use super::panel_of::PanelOf;
use crate::components::{Field, FormOf, Kind, form};
use crate::state::Request;
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    html! {
        <>
            <p>{ words::SIGN_OUT_WHY }{ " " }{ of.button(words::SIGN_OUT, Request::SignOut) }</p>
            { erase(of, words::LEAVE_WHY, |keeps_messages| Request::Leave { keeps_messages }) }
        </>
    }
}

pub(super) fn view_of_other(of: &PanelOf<'_>, person: &Person) -> Html {
    let id = person.id.clone();
    erase(of, words::ERASE_WHY, move |keeps_messages| Request::Erase { person: id.clone(), keeps_messages })
}

fn erase(of: &PanelOf<'_>, why: &'static str, make: impl Fn(bool) -> Request + 'static) -> Html {
    let choices =
        vec![("keep".into(), words::KEEP_MESSAGES.into()), ("remove".into(), words::REMOVE_MESSAGES.into())];
    let fields = html! {
        <>
            <p>{ why }</p>
            <Field name="messages" label={words::THE_MESSAGES} kind={Kind::Choice(choices)} value="keep" />
            <Field name="sure" label={words::CANNOT_BE_UNDONE} kind={Kind::Tick} is_required=true />
        </>
    };
    form(FormOf {
        id: "erase-form",
        fields,
        submit: words::ERASE_ACCOUNT,
        class: "danger",
        settings: Some(&of.state.settings),
        on_submit: of.on_submit(move |values| Ok(make(values.text("messages") == "keep"))),
    })
}
