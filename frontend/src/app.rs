//! The page: state, effects and components, put together. No logic of its own.

use std::rc::Rc;

use holdline_shared::{Nickname, RoomName, Status, Timestamp, Topic};
use yew::prelude::*;

use crate::api::{self, dom};
use crate::components::{
    Conversation, FieldEvent, Header, OnField, Shape, Talk, drawer_button, header, icon, logo, nickname,
    people, room_list, status_line, tag, wrong_page,
};
use crate::hooks::{MessageCall, Page, Shared, call, use_page, use_shared, use_status};
use crate::state::{Action, Locale, Phase, Progress, Route, State, href, listed, typed_room};

/// What is open on the page besides the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    /// The rooms' drawer, on a narrow screen.
    Rooms,
    /// The people's.
    People,
    /// The nickname is being changed.
    Nickname,
    /// The topic is.
    Topic,
}

/// The whole page.
#[component]
pub fn App() -> Html {
    let page = use_page();
    let open = use_shared(|| Open::Nothing);
    let state = page.store.state();
    let locale = api::locale();
    let (status, seconds) = use_status(&state.connection.status);
    let onclick = {
        let (page, open) = (Rc::clone(&page), open.clone());
        Callback::from(move |event: MouseEvent| act(&page, &open, &event))
    };
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if dom::is_key(&event, "Escape") {
                open.set(Open::Nothing);
            }
        })
    };
    let room = state.room();
    let here = room.and_then(|room| state.present(&room.name));
    let rooms = listed(&state);
    let top = Header {
        room: room.map(|room| &**room),
        is_open: *open.get() == Open::Topic,
        here: here.map(|here| here.count),
        has_news: rooms.iter().any(|room| room.has_news && !room.is_current),
        status: status_line(&status, seconds, stale(&state, &status, locale).as_deref()),
        locale,
        on_done: changing(&page, &open, |text| {
            Topic::parse(text).map(MessageCall::Topic).map_err(|why| why.to_string())
        }),
    };
    let on_nickname = changing(&page, &open, |text| {
        Nickname::parse(text).map(MessageCall::Rename).map_err(|why| why.to_string())
    });
    let (is_naming, me) = (*open.get() == Open::Nickname, state.me.as_ref());
    let drawer = match *open.get() {
        Open::Rooms | Open::Nickname => "rooms",
        Open::People => "people",
        Open::Nothing | Open::Topic => "",
    };
    let brand = tag("p|class=brand").with(logo()).say("Holdline").with(close_button()).end();
    let rooms = tag("nav|class=side|aria-label=Rooms")
        .with(brand)
        .with(room_list(&rooms, locale, joining(&page, &open)))
        .with(nickname(me, is_naming, locale, on_nickname));
    let people = tag("aside|class=side|aria-label=People")
        .with(tag("p|class=brand").with(close_button()).end())
        .with(people(here, me.map(|me| &me.id)));
    html! {
        <div class="page" data-drawer={drawer} {onclick} {onkeydown}>
            { tag("a|class=skip|href=#composer|data-act=skip").say("Skip to writing").end() }
            { rooms.end() }
            { tag("main").with(header(top)).with(content(&page, &state, locale)).end() }
            { people.end() }
            { tag("div|class=scrim|data-act=close").end() }
        </div>
    }
}

/// Does what a click asked for; what concerns the conversation is done there.
fn act(page: &Page, open: &Shared<Open>, event: &MouseEvent) {
    let Some(act) = dom::act_of(event) else { return };
    match act.split_once(' ').unwrap_or((&act, "")) {
        ("rooms", _) => open.set(Open::Rooms),
        ("people", _) => open.set(Open::People),
        ("nickname", _) => open.set(Open::Nickname),
        ("topic", _) => open.set(Open::Topic),
        ("close", _) => open.set(Open::Nothing),
        ("now", _) => page.hurry(),
        ("skip", _) => {
            // A link inside the page would go to the base.
            event.prevent_default();
            dom::focus("composer");
        }
        ("go", _) if dom::is_plain_click(event) => {
            event.prevent_default();
            open.set(Open::Nothing);
            page.go_to(&dom::href_of(event));
        }
        ("forget", name) => {
            if let Ok(name) = RoomName::parse(name) {
                page.store.dispatch(Action::Forgot(name));
            }
        }
        _ => {}
    }
}

/// Takes what was changed in its place, and closes the field.
fn changing(
    page: &Rc<Page>,
    open: &Shared<Open>,
    parse: fn(&str) -> Result<MessageCall, String>,
) -> Callback<Option<String>, Result<(), String>> {
    let (page, open) = (Rc::clone(page), open.clone());
    Callback::from(move |text: Option<String>| {
        if let Some(text) = text {
            call(&page.store, parse(&text)?);
        }
        open.set(Open::Nothing);
        Ok(())
    })
}

/// Goes to the room whose name was typed.
fn joining(page: &Rc<Page>, open: &Shared<Open>) -> OnField {
    let (page, open) = (Rc::clone(page), open.clone());
    Callback::from(move |event| {
        if let FieldEvent::Submit(text) = event
            && !text.trim().is_empty()
        {
            let room = typed_room(&dom::lower_case(&text))?;
            open.set(Open::Nothing);
            page.go_to(&href(&room));
        }
        Ok(())
    })
}

/// The room on the screen, or what stands there instead.
fn content(page: &Rc<Page>, state: &State, locale: Locale) -> Html {
    let (title, text) = match (&state.route, state.room()) {
        (Route::InvalidRoom { name, why }, _) => {
            (format!("No room can be called “{name}”"), format!("{why}."))
        }
        (_, None) => {
            ("There is no such page".to_owned(), "The address may have been cut or mistyped.".to_owned())
        }
        (_, Some(room)) => match &room.phase {
            Phase::Refused(why) => (format!("{} cannot be opened", room.name), why.clone()),
            _ => {
                return html! {
                    <Conversation
                        key={room.name.as_str()}
                        room={Rc::clone(room)}
                        sendings={state.outbox.of_room(&room.name).cloned().collect::<Vec<_>>()}
                        me={state.me.clone()}
                        draft={page.drafts.of(&room.name)}
                        takes_focus={!dom::is_touched()}
                        notice={state.notice.clone().map(AttrValue::from)}
                        is_outdated={state.is_outdated}
                        {locale}
                        on_talk={talking(page)}
                    />
                };
            }
        },
    };
    wrong_page(&title, &text)
}

fn talking(page: &Rc<Page>) -> Callback<Talk> {
    let page = Rc::clone(page);
    Callback::from(move |talk| match talk {
        Talk::Call(what) => call(&page.store, what),
        Talk::Say(text, reply_to) => page.say(text, reply_to),
        Talk::Draft(text) => {
            if let Some(room) = &page.store.state().current {
                page.drafts.keep(room, &text);
            }
        }
        Talk::Retry(key) => page.store.dispatch(Action::Progressed(key, Progress::Pending)),
        Talk::Discard(key) => page.store.dispatch(Action::Discarded(key)),
        Talk::AtEnd(is_at_end) => page.set_at_end(is_at_end),
        Talk::CloseNotice => page.store.dispatch(Action::Noticed(None)),
    })
}

/// A screen younger than this is not called old.
const FRESH_MS: u64 = 3_000;

/// Since when what is shown may be old, in words, if that is worth saying.
fn stale(state: &State, status: &Status, locale: Locale) -> Option<String> {
    let Timestamp(now) = (locale.now)();
    let is_old = |since: &Timestamp| *status == Status::Offline || now.saturating_sub(since.0) >= FRESH_MS;
    let since = state.connection.stale_since.filter(|since| *status != Status::Live && is_old(since))?;
    Some(locale.day_and_time(since))
}

fn close_button() -> Html {
    drawer_button("close", "Close", icon(Shape::Close))
}
