//! The reader's passphrase; for a guest, the way to become a member.

use yew::prelude::*;

use super::panel_of::PanelOf;
use crate::components::{Field, FormOf, Kind, form};
use crate::state::Request;
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let session = &of.state.session;
    let has_one = session.account.as_ref().is_some_and(|me| me.has_passphrase);
    let on_submit = of.on_submit(|values| {
        let (old, new) =
            (values.secret("old-passphrase").to_owned(), values.secret("new-passphrase").to_owned());
        Ok(Request::Passphrase { old, new })
    });
    let name = session.me.as_ref().map(|me| me.name.to_string()).unwrap_or_default();
    let fields = html! {
        <>
            // Password managers keep the name with the passphrase.
            <input type="text" class="unseen" name="user" autocomplete="username" value={name} readonly=true tabindex="-1" aria-hidden="true" />
            if has_one {
                <Field
                    name="old-passphrase"
                    label={words::OLD_PASSPHRASE}
                    kind={Kind::Secret}
                    is_required=true
                    has_focus=true
                />
            }
            <Field
                name="new-passphrase"
                label={words::NEW_PASSPHRASE}
                kind={Kind::NewSecret}
                hint={if has_one { words::PASSPHRASE_SIGNS_OUT } else { words::PASSPHRASE_WHY }}
                is_required=true
                has_focus={!has_one}
            />
        </>
    };
    let submit = if session.is_member() { words::SAVE } else { words::BECOME_MEMBER };
    html! {
        <>
            if !session.is_member() {
                <p>{ words::MEMBERS_HAVE }</p>
            }
            { form(FormOf {
                id: "passphrase-form",
                fields,
                submit,
                class: "primary",
                settings: Some(&of.state.settings),
                on_submit,
            }) }
        </>
    }
}
