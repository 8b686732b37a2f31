//! The members of a room, and the people who can be added.

use holdline_shared::{PersonId, PersonKind, Profile, Role};
use litemap::LiteMap;
use yew::prelude::*;

use super::listing::{listing, row};
use super::panel_of::{FOREVER, PanelOf};
use crate::components::{Field, FormOf, Kind, form, outcome};
use crate::state::{Listing, Membership, Part, Request};
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let settings = &of.state.settings;
    let now = (of.locale.now)();
    let members = if let Some(Listing::Members(all)) = &settings.listing { Some(all) } else { None };
    let members = members.map(|all| all.iter().filter(|member| member.counts(now)).collect::<Vec<_>>());
    let members = members.as_deref();
    let is_admin = of.state.is_room_admin();
    html! {
        <>
            if is_admin {
                { add(of, members.unwrap_or_default()) }
            } else {
                { outcome(settings) }
            }
            { listing(settings, members, words::NO_MEMBERS, |member| {
                let person = &member.person;
                let tools = if is_admin { of.change(person) } else { Html::default() };
                row(person.id.as_str(), of.name(person), standing(of, member), tools)
            }) }
        </>
    }
}

/// Describes the person's role in the room, and how long they may not write.
pub(super) fn standing(of: &PanelOf<'_>, member: &Membership) -> String {
    let role = words::role(member.role);
    let muted = member.muted_until.filter(|until| (of.locale.now)() < *until);
    match muted.map(|until| (until < FOREVER).then(|| of.locale.day_and_time(until))) {
        None => role.to_owned(),
        Some(until) => words::muted(role, until.as_deref()),
    }
}

/// The form that adds somebody else who has an account or is present. Webhooks read nothing and look like other bots,
/// so bots are not offered: an admin makes a bot a member on the bot's own page.
fn add(of: &PanelOf<'_>, members: &[&Membership]) -> Html {
    let Some(room) = of.state.room().map(|room| room.name.clone()) else { return Html::default() };
    let here = of.state.ui.page.room().and_then(|room| of.state.people.of(room));
    let here = here.map(|here| &here.people[..]).unwrap_or_default();
    let profiles = &of.state.people.profiles;
    let is_member = |profile: &Profile| profile.kind == PersonKind::Member;
    let accounts = profiles.all().filter(|profile| is_member(profile)).map(|profile| &profile.person);
    // Of somebody with an account, the list of accounts has the name that is in use now.
    let guests = here.iter().filter(|person| profiles.get(&person.id).is_none());
    let is_other = |id: &PersonId| of.state.session.id() != Some(id);
    let is_outside =
        |id: &PersonId| !members.iter().any(|member| member.person.id == *id && member.role > Role::None);
    // There may be thousands of accounts, so they are sorted once.
    let people = accounts.chain(guests).filter(|person| is_other(&person.id) && is_outside(&person.id));
    let people: LiteMap<_, _> =
        people.map(|person| ((person.name.as_str(), person.id.as_str()), person.clone())).collect();
    if people.is_empty() {
        return html! { <p class="faint">{ words::NOBODY_TO_ADD }</p> };
    }
    let people: Vec<_> = people.into_iter().map(|(_, person)| person).collect();
    let choices = people
        .iter()
        .map(|person| (AttrValue::from(person.id.to_string()), AttrValue::from(of.name_as_text(person))));
    let fields =
        html! { <Field name="person" label={words::ADD_SOMEBODY} kind={Kind::Choice(choices.collect())} /> };
    form(FormOf {
        id: "add-form",
        fields,
        submit: words::ADD,
        class: "",
        settings: Some(&of.state.settings),
        on_submit: of.on_submit(move |values| {
            let chosen = people.iter().find(|person| person.id.as_str() == values.text("person"));
            let person = chosen.cloned().ok_or(words::NOBODY_TO_ADD)?;
            let (room, change, reason) = (room.clone(), Part::Role(Role::Member), String::new());
            Ok(Request::Member { room, person, change, reason })
        }),
    })
}
