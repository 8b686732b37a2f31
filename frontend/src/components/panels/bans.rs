//! The people and addresses that are banned from the server.

use yew::prelude::*;

use super::listing::{listing, row};
use super::panel_of::PanelOf;
use crate::components::{outcome, verbatim};
use crate::state::{Ban, Listing, Request};
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let settings = &of.state.settings;
    let now = (of.locale.now)();
    let bans = if let Some(Listing::Bans(all)) = &settings.listing { Some(all) } else { None };
    let bans = bans.map(|all| all.iter().filter(|ban| !ban.is_over(now)).collect::<Vec<_>>());
    html! {
        <>
            <p class="faint">{ words::BANS_WHY }</p>
            { outcome(settings) }
            { listing(settings, bans.as_deref(), words::NO_BANS, |ban| {
                let Ban { id, person, visitor, .. } = ban;
                let visitor = visitor.clone().unwrap_or_default();
                let (who, label) = match person {
                    Some(person) => (of.name(person), of.name_as_text(person)),
                    None => (verbatim(visitor.clone()), visitor),
                };
                let tools = of.row_button(words::LIFT, &label, Request::Unban(id.clone()));
                row(id, who, end_of(of, ban), tools)
            }) }
        </>
    }
}

/// Describes the end of a ban, and its reason.
pub(super) fn end_of(of: &PanelOf<'_>, ban: &Ban) -> String {
    let until = ban.until.map(|until| of.locale.day_and_time(until));
    words::ban(until.as_deref(), &ban.reason)
}
