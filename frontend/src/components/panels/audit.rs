//! The audit log, for admins: the changes and who made them.

use yew::prelude::*;

use super::listing::{listing, row};
use super::panel_of::PanelOf;
use crate::components::room_link::message_link;
use crate::components::{changing, outcome};
use crate::state::Listing;
use crate::words;

/// The number of changes of a page, as `server/src/api/audit.rs` counts them: after a page with fewer there are none.
const PAGE: usize = 100;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let settings = &of.state.settings;
    let lines = if let Some(Listing::Audit(all)) = &settings.listing { Some(&all[..]) } else { None };
    let full = lines.filter(|lines| lines.len().is_multiple_of(PAGE));
    let oldest = full.and_then(|lines| lines.last()).map(|line| line.seq);
    html! {
        <>
            { outcome(settings) }
            { listing(settings, lines, words::NOTHING_LISTED, |line| {
                let room = line.room.as_ref().map(|room| of.place(room));
                let what = words::audit(line, room.as_deref());
                let what = match line.room.as_ref().zip(line.change.seq) {
                    Some((room, seq)) => message_link(room, seq, &what, of.run),
                    None => changing(what),
                };
                row(&line.seq.to_string(), what, of.locale.day_and_time(line.at), Html::default())
            }) }
            if let Some(oldest) = oldest {
                <p>{ of.older(oldest) }</p>
            }
        </>
    }
}
