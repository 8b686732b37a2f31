//! The accounts of the server.

use holdline_shared::{PersonKind, Profile};
use yew::prelude::*;

use super::listing::{listing, row};
use super::panel_of::PanelOf;
use crate::components::outcome;
use crate::state::Listing;
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let settings = &of.state.settings;
    let people = if let Some(Listing::People(all)) = &settings.listing { Some(&all[..]) } else { None };
    html! {
        <>
            { outcome(settings) }
            { listing(settings, people, words::NO_ACCOUNTS, |Profile { person, kind, admin, .. }| {
                let below = match (kind, admin) {
                    (PersonKind::Bot, _) => words::BOT,
                    (_, true) => words::ADMIN,
                    _ => words::MEMBER,
                };
                row(person.id.as_str(), of.name(person), below.to_owned(), of.change(person))
            }) }
        </>
    }
}
