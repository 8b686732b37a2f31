//! The changes and who made them, for admins.

use yew::prelude::*;

use super::listing::{listing, row};
use super::panel_of::PanelOf;
use crate::components::outcome;
use crate::state::Listing;
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let settings = &of.state.settings;
    let lines = if let Some(Listing::Audit(all)) = &settings.listing { Some(&all[..]) } else { None };
    let oldest = lines.and_then(|lines| lines.last()).map(|line| line.seq);
    html! {
        <>
            { outcome(settings) }
            { listing(settings, lines, words::NOTHING_LISTED, |line| {
                let room = line.room.as_ref().map(|room| of.state.title_of(room));
                let what = words::audit(line, room.as_deref());
                row(&line.seq.to_string(), html! { { what } }, of.locale.day_and_time(line.at), Html::default())
            }) }
            if let Some(oldest) = oldest {
                <p>{ of.older(oldest) }</p>
            }
        </>
    }
}
