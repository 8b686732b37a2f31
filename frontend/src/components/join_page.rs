//! The page of a link: an invite, or the way into the reader's own account on another device. Shows what the link gives
//! before it is used.

use holdline_shared::{LinkGives, LinkPreview, Person};
use yew::prelude::*;

use super::{Field, FormOf, Kind, changing, form, logo, verbatim};
use crate::api::form::Values;
use crate::command::Command;
use crate::state::{Entrance, Link, Locale, Settings};
use crate::words;

/// The content of the page.
pub struct JoinOf<'a> {
    /// The code in the link.
    pub code: &'a str,
    /// The link as far as it is known.
    pub link: &'a Link,
    /// The reader, if there is a session already.
    pub me: Option<&'a Person>,
    /// The outcome of the last attempt.
    pub settings: &'a Settings,
    /// The format of dates.
    pub locale: Locale,
}

/// The page.
pub fn join_page(of: &JoinOf<'_>, run: &Callback<Command>) -> Html {
    let JoinOf { link, me, locale, .. } = of;
    let (title, text) = match link {
        Link::Asked => (words::LINK_IS_LOOKED_AT.to_owned(), None),
        Link::Untold => (words::LINK_LETS_IN.to_owned(), Some(words::LINK_GIVES.to_owned())),
        Link::Works(gives) => (words::link_title(gives), Some(told(gives, *locale, me.is_some()))),
        Link::Refused => (words::LINK_IS_OVER.to_owned(), None),
    };
    html! {
        <main class="gate">
            <div class="gate-card" aria-busy={(**link == Link::Asked).to_string()}>
                <p class="brand">{ logo() }{ verbatim("Holdline") }</p>
                <h1>{ changing(title) }</h1>
                if let Some(text) = text {
                    <p data-testid="link-gives">{ changing(text) }</p>
                }
                { match link {
                    Link::Asked => Html::default(),
                    Link::Refused => html! {
                        <>
                            <p role="alert" class="gate-why">{ words::ASK_FOR_ANOTHER }</p>
                            <p><a class="plain" href="./">{ words::GO_TO_LOBBY }</a></p>
                        </>
                    },
                    Link::Untold => form_of(of, None, run),
                    Link::Works(LinkPreview { gives, .. }) => form_of(of, Some(*gives), run),
                } }
            </div>
        </main>
    }
}

fn told(link: &LinkPreview, locale: Locale, is_in: bool) -> String {
    words::link_gives(link.gives, link.room.as_deref(), &locale.day_and_time(link.expires), is_in)
}

/// The form that uses the link.
fn form_of(of: &JoinOf<'_>, gives: Option<LinkGives>, run: &Callback<Command>) -> Html {
    let JoinOf { code, me, settings, .. } = of;
    let on_submit = {
        let code = (*code).to_owned();
        run.reform(move |values: Values| {
            let passphrase = Some(values.secret("passphrase").to_owned()).filter(|text| !text.is_empty());
            Command::Enter(Entrance::Link { code: code.clone(), name: values.given("name"), passphrase })
        })
    };
    let name = me.map(|me| me.name.to_string()).unwrap_or_default();
    let hint = match (gives, me) {
        (None, Some(_)) => words::LINK_NAME,
        (None, None) => words::NEW_LINK_NAME,
        (Some(_), Some(_)) => words::NAME_IS_SEEN,
        (Some(_), None) => words::NEW_NAME,
    };
    let fields = html! {
        <>
            if gives != Some(LinkGives::Device) {
                <Field name="name" label={words::YOUR_NAME} value={name} {hint} has_focus=true />
            }
            if !matches!(gives, Some(LinkGives::Device | LinkGives::Guest)) {
                <Field
                    name="passphrase"
                    label={words::PASSPHRASE_IF_WANTED}
                    kind={Kind::NewSecret}
                    hint={words::PASSPHRASE_WHY}
                />
            }
        </>
    };
    form(FormOf {
        id: "join-form",
        fields,
        submit: words::link_button(gives),
        class: "primary",
        settings: Some(settings),
        on_submit,
    })
}
