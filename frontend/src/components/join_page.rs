//! The page of a link: an invite, or the way into one's own account on another device.

use holdline_shared::Person;
use yew::prelude::*;

use super::{Field, FormOf, Kind, form, logo};
use crate::api::form::Values;
use crate::command::Command;
use crate::hooks::use_commands;
use crate::state::{Entrance, Settings};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the link carries.
    pub code: AttrValue,
    /// The reader, if there is a session already.
    pub me: Option<Person>,
    /// What came of the last attempt.
    pub settings: Settings,
}

/// The page. What the link gives is not known before it is used: the server tells nobody what a code is good for.
#[component]
pub fn JoinPage(props: &Props) -> Html {
    let Props { code, me, settings } = props;
    let run = use_commands();
    let on_submit = {
        let code = code.to_string();
        run.reform(move |values: Values| {
            let passphrase = Some(values.secret("passphrase").to_owned()).filter(|text| !text.is_empty());
            Command::Enter(Entrance::Link { code: code.clone(), name: values.given("name"), passphrase })
        })
    };
    let name = me.as_ref().map(|me| me.name.to_string()).unwrap_or_default();
    let fields = html! {
        <>
            <Field name="name" label={words::YOUR_NAME} value={name} hint={words::LINK_NAME} has_focus=true />
            <Field
                name="passphrase"
                label={words::PASSPHRASE_IF_WANTED}
                kind={Kind::NewSecret}
                hint={words::PASSPHRASE_WHY}
            />
        </>
    };
    let form = form(FormOf {
        id: "join-form",
        fields,
        submit: words::USE_LINK,
        class: "primary",
        settings: Some(settings),
        on_submit,
    });
    html! {
        <main class="gate">
            <div class="gate-card">
                <p class="brand">{ logo() }{ "Holdline" }</p>
                <h1>{ words::LINK_LETS_IN }</h1>
                <p>{ words::LINK_GIVES }</p>
                { form }
            </div>
        </main>
    }
}
