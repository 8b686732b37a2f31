//! The people and addresses that are kept out of the server.

use yew::prelude::*;

use super::listing::{listing, row};
use super::panel_of::PanelOf;
use crate::components::outcome;
use crate::state::{Ban, Listing, Request};
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let settings = &of.state.settings;
    let bans = if let Some(Listing::Bans(all)) = &settings.listing { Some(&all[..]) } else { None };
    html! {
        <>
            <p class="faint">{ words::BANS_WHY }</p>
            { outcome(settings) }
            { listing(settings, bans, words::NO_BANS, |Ban { id, person, visitor, until, reason }| {
                let name = person.as_ref().map(|person| person.name.to_string());
                let who = name.or_else(|| visitor.clone()).unwrap_or_default();
                let until = until.map(|until| of.locale.day_and_time(until));
                let below = words::ban(until.as_deref(), reason);
                row(id, html! { { who } }, below, of.button(words::LIFT, Request::Unban(id.clone())))
            }) }
        </>
    }
}
