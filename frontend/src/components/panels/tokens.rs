//! The tokens by which programs act for the reader.

use yew::prelude::*;

use super::PanelOf;
use super::listing::{listing, row};
use super::secret::secret;
use crate::components::{Field, FormOf, Kind, form};
use crate::state::{Listing, Request, Token};
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let settings = &of.state.settings;
    let tokens = if let Some(Listing::Tokens(all)) = &settings.listing { Some(&all[..]) } else { None };
    let fields = html! {
        <>
            <Field name="note" label={words::TOKEN_FOR} is_required=true />
            <Field name="writes" label={words::TOKEN_WRITES} kind={Kind::Tick} />
        </>
    };
    let make = form(FormOf {
        id: "token-form",
        fields,
        submit: words::MAKE_TOKEN,
        class: "primary",
        settings: Some(settings),
        on_submit: of.on_submit(|values| {
            Ok(Request::Token { note: values.text("note").to_owned(), writes: values.is_on("writes") })
        }),
    });
    html! {
        <>
            { make }
            { secret(of, false, words::TOKEN_ONCE) }
            { listing(tokens, words::NOTHING_LISTED, |Token { id, verbs, note }| {
                let tools = of.button(words::REVOKE, Request::RevokeToken(id.clone()));
                row(id, html! { { note } }, verbs.join(", "), tools)
            }) }
        </>
    }
}
