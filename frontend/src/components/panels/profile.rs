//! The reader's name, and what members say about themselves.

use holdline_shared::Nickname;
use yew::prelude::*;

use super::panel_of::PanelOf;
use crate::components::{Field, FormOf, form};
use crate::state::{Panel, Request};
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let session = &of.state.session;
    let name = session.me.as_ref().map(|me| me.name.to_string()).unwrap_or_default();
    let profile = session.account.as_ref().map(|me| &me.profile);
    let is_member = session.is_member();
    let on_submit = of.on_submit(move |values| {
        let name = Nickname::parse(values.text("nickname-input")).map_err(|why| why.to_string())?;
        let account = (values.text("about").to_owned(), values.text("time-zone").to_owned());
        Ok(Request::Profile { name, account: is_member.then_some(account) })
    });
    let problem = of.problem();
    let zone = profile.map(|profile| profile.time_zone.clone()).filter(|zone| !zone.is_empty());
    let fields = html! {
        <>
            <Field
                name="nickname-input"
                label={words::YOUR_NAME}
                value={name}
                hint={words::NAME_IS_SEEN}
                {problem}
                is_required=true
                has_focus=true
            />
            if is_member {
                <Field
                    name="about"
                    label={words::ABOUT_YOU}
                    value={profile.map(|profile| profile.about.to_string()).unwrap_or_default()}
                />
                <Field
                    name="time-zone"
                    label={words::YOUR_TIME_ZONE}
                    value={zone.unwrap_or_else(of.locale.zone)}
                    hint={words::TIME_ZONE_WHY}
                />
            }
        </>
    };
    html! {
        <>
            { form(FormOf {
                id: "profile-form",
                fields,
                submit: words::SAVE,
                class: "primary",
                settings: None,
                on_submit,
            }) }
            if !is_member {
                <p class="faint">
                    { words::GUESTS_CAN }{ " " }{ of.opener(words::BECOME_MEMBER, Panel::Passphrase) }
                </p>
            }
        </>
    }
}
