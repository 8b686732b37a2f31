//! A person: what is known about them, and the reader's actions on them.

use holdline_shared::{Person, PersonKind, Role, Timestamp, Visibility};
use yew::prelude::*;

use super::bans::end_of;
use super::confirmed::Confirmed;
use super::members::standing;
use super::panel_of::{FOREVER, PanelOf, durations};
use crate::components::{Field, FormOf, Kind, badge, changing, form, mark, outcome, sign};
use crate::state::{Listing, Locale, Panel, Part, Request};
use crate::words;

pub(super) fn view(of: &PanelOf<'_>, person: &Person) -> Html {
    let (session, people) = (&of.state.session, &of.state.people);
    let profile = people.profiles.get(&person.id);
    let local_time = profile.and_then(|profile| {
        let zone = Some(&profile.time_zone).filter(|zone| !zone.is_empty())?;
        (of.locale.time_in)(zone, (of.locale.now)())
    });
    let member = profile.filter(|profile| profile.kind == PersonKind::Member);
    let standing = member.map(|member| if member.admin { words::ADMIN } else { words::MEMBER });
    let is_me = session.id() == Some(&person.id);
    html! {
        <>
            <p class="person">
                { badge(person) }
                if let Some(profile) = profile {
                    <span dir="auto">{ changing(profile.about.as_str()) }</span>
                }
                { sign(people.names.namesakes.sign(&person.id).as_deref()) }
                { mark(people.profiles.mark(person)) }
                if let Some(standing) = standing {
                    <span class="faint">{ changing(standing) }</span>
                }
            </p>
            if let Some(time) = local_time {
                <p class="faint">{ changing(words::local_time(&time)) }</p>
            }
            if !is_me {
                <p>{ of.button(words::WRITE_DIRECTLY, Request::Direct(person.id.clone())) }</p>
                { outcome(&of.state.settings) }
                if of.state.is_room_admin() {
                    { in_room(of, person) }
                }
                if session.is_admin() {
                    { on_server(of, person) }
                }
            }
        </>
    }
}

/// Draws the actions of an admin of the room.
fn in_room(of: &PanelOf<'_>, person: &Person) -> Html {
    let Some(room) = of.state.room().map(|room| room.name.clone()) else { return Html::default() };
    let now = (of.locale.now)();
    let part = match &of.state.settings.listing {
        Some(Listing::Standing { membership, .. }) => membership.as_ref().filter(|part| part.counts(now)),
        _ => None,
    };
    let is_public = of.state.rooms.standing(&room).policy.visibility == Visibility::Public;
    let is_muted = part.and_then(|part| part.muted_until).is_some_and(|until| now < until);
    // In a room that only members see, unmuting must not let in a person who was removed.
    let role = part.map(|part| part.role).filter(|role| is_muted && (is_public || *role > Role::None));
    let acts = role.map(|_| words::UNMUTE).into_iter().chain(words::MEMBER_ACTS);
    let choices = acts.map(|(value, word)| (value.into(), word.into())).collect();
    let place = of.place(&room);
    let fields = html! {
        <>
            if let Some(part) = part {
                <p data-testid="part">{ changing(words::part_in_room(&place, &standing(of, part))) }</p>
            }
            <Field
                key={if role.is_some() { "muted" } else { "unmuted" }}
                name="act"
                label={words::in_room(&place)}
                kind={Kind::Choice(choices)}
            />
            <div class="pair">
                <Field name="end" label={words::FOR_HOW_LONG} kind={Kind::Choice(durations())} value="3600" />
                <Field name="reason" label={words::REASON} hint={words::REASON_IS_SEEN} />
            </div>
        </>
    };
    let (person, locale) = (person.clone(), of.locale);
    form(FormOf {
        id: "member-form",
        fields,
        submit: words::APPLY,
        class: "",
        settings: None,
        on_submit: of.on_submit(move |values| {
            let until = after(values.number("end"), locale);
            let change = match values.text("act") {
                // Without a role, the room's notice would tell of a removal.
                "unmute" => Part::Role(role.unwrap_or_default().max(Role::Member)),
                "admin" => Part::Role(Role::Admin),
                "mute" => Part::Mute(until.unwrap_or(FOREVER)),
                "remove" => Part::Remove(until),
                "member" => Part::Role(Role::Member),
                act => return Err(act.to_owned()),
            };
            let reason = values.text("reason").to_owned();
            Ok(Request::Member { room: room.clone(), person: person.clone(), change, reason })
        }),
    })
}

/// Draws the actions of an admin of the server.
fn on_server(of: &PanelOf<'_>, person: &Person) -> Html {
    let profile = of.state.people.profiles.get(&person.id);
    let is_admin = profile.is_some_and(|profile| profile.admin);
    let (banned, locale) = (person.clone(), of.locale);
    let bans = match &of.state.settings.listing {
        Some(Listing::Standing { bans, .. }) => &bans[..],
        _ => &[],
    };
    let bans = bans.iter().filter(|ban| !ban.is_over((locale.now)())).map(|ban| {
        let end = end_of(of, ban);
        let lift = of.row_button(words::LIFT, &end, Request::Unban(ban.id.clone()));
        html! {
            <p key={ban.id.clone()} data-testid="ban">
                { changing(words::is_banned(&end)) }{ " " }{ lift }
            </p>
        }
    });
    let fields = html! {
        <>
            { for bans }
            <div class="pair">
                <Field name="ban-end" label={words::KEEP_OUT_FOR} kind={Kind::Choice(durations())} value="86400" />
                <Field name="ban-reason" label={words::REASON} hint={words::REASON_IS_TOLD} />
            </div>
            <Field name="ban-addresses" label={words::BAN_ADDRESSES} kind={Kind::Tick} hint={words::BAN_ADDRESSES_WHY} />
        </>
    };
    let ban = form(FormOf {
        id: "ban-form",
        fields,
        submit: words::BAN,
        class: "danger",
        settings: None,
        on_submit: of.on_submit(move |values| {
            let until = after(values.number("ban-end"), locale);
            let (person, reason) = (banned.clone(), values.text("ban-reason").to_owned());
            Ok(Request::Ban { person, until, reason, with_addresses: values.is_on("ban-addresses") })
        }),
    });
    let word = if is_admin { words::TAKE_ADMIN } else { words::MAKE_ADMIN };
    let name = profile.map_or(person, |profile| &profile.person).name.as_str();
    let (question, yes) = words::admin_question(name, !is_admin);
    let request = Request::Admin(person.id.clone(), !is_admin);
    html! {
        <>
            if profile.is_some() {
                <p class="acts">
                    <Confirmed {word} {question} {yes} {request} />
                    { of.opener(words::ERASE_ACCOUNT, Panel::Erase(person.clone())) }
                </p>
            }
            { ban }
        </>
    }
}

/// Returns the chosen end; `None` for "until somebody changes it".
fn after(seconds: u32, locale: Locale) -> Option<Timestamp> {
    (seconds > 0).then(|| Timestamp((locale.now)().0 + u64::from(seconds) * 1_000))
}
