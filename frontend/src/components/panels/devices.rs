//! The reader's sessions, and the link that signs them in on another device.

use yew::prelude::*;

use super::listing::{listing, row};
use super::panel_of::PanelOf;
use super::secret::secret;
use crate::components::{changing, outcome};
use crate::state::{Listing, Request};
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let settings = &of.state.settings;
    let sessions = if let Some(Listing::Sessions(all)) = &settings.listing { Some(&all[..]) } else { None };
    let has_others = sessions.is_some_and(|all| all.len() > 1);
    html! {
        <>
            <p>{ words::DEVICE_LINK_WHY }{ " " }{ of.button(words::LINK_DEVICE, Request::LinkDevice) }</p>
            { secret(of, words::DEVICE_LINK_ONCE) }
            { outcome(settings) }
            { listing(settings, sessions, words::NOTHING_LISTED, |session| {
                let device = Some(session.device.as_str()).filter(|device| !device.is_empty());
                let device = words::device(device.unwrap_or(words::SOME_DEVICE));
                let used = words::last_used(&of.locale.day_name(session.used));
                let tools = if session.current {
                    html! { <span class="faint">{ words::THIS_DEVICE }</span> }
                } else {
                    let name = format!("{device}, {used}");
                    of.row_button(words::SIGN_OUT, &name, Request::EndSession(session.id.clone()))
                };
                row(&session.id, changing(device), used, tools)
            }) }
            if has_others {
                <p>{ of.button(words::SIGN_OUT_OTHERS, Request::EndOtherSessions) }</p>
            }
        </>
    }
}
