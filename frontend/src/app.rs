//! The page: state, effects and components, put together. No logic of its own.

use std::rc::Rc;

use yew::prelude::*;

use crate::api::{self, dom};
use crate::components::{
    ConnectionBar, Header, Navigate, RoomView, Shape, header, icon, logo, nickname, people, room_list,
    wrong_page,
};
use crate::hooks::{MessageCall, call, use_page};
use crate::state::{Action, Progress, Route, listed};

/// Which drawer is open on a narrow screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drawer {
    None,
    Rooms,
    People,
}

impl Drawer {
    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Rooms => "rooms",
            Self::People => "people",
        }
    }
}

/// The whole page.
#[component]
pub fn App() -> Html {
    let page = use_page();
    let drawer = use_state_eq(|| Drawer::None);
    let state = page.store.state();
    let locale = api::locale();
    let open = |which: Drawer| {
        let drawer = drawer.clone();
        Callback::from(move |()| drawer.set(which))
    };
    let navigate = {
        let (page, drawer) = (Rc::clone(&page), drawer.clone());
        Callback::from(move |href: String| {
            drawer.set(Drawer::None);
            page.go_to(&href);
        })
    };
    let on_call = {
        let store = page.store.clone();
        Callback::from(move |what| call(&store, what))
    };
    let dispatch = {
        let store = page.store.clone();
        Callback::from(move |action| store.dispatch(action))
    };
    let on_now = {
        let page = Rc::clone(&page);
        Callback::from(move |()| page.hurry())
    };
    let room = state.room();
    let here = room.and_then(|room| state.presence.rooms.get(&room.name));
    let rooms = listed(&state);
    let top = Header {
        room: room.map(|room| room.name.clone()),
        topic: room.map(|room| room.topic.clone()).unwrap_or_default(),
        here: here.map(|here| here.count),
        has_news: rooms.iter().any(|room| room.has_news && !room.is_current),
        status: html! { <ConnectionBar connection={state.connection.clone()} {locale} {on_now} /> },
        on_topic: on_call.reform(MessageCall::Topic),
        on_rooms: open(Drawer::Rooms),
        on_people: open(Drawer::People),
    };
    let on_escape = {
        let close = open(Drawer::None);
        Callback::from(move |event: KeyboardEvent| {
            if dom::is_key(&event, "Escape") {
                close.emit(());
            }
        })
    };
    html! {
        <div class="page" data-drawer={drawer.word()} onkeydown={on_escape}>
            <a class="skip" href="#composer" onclick={skip()}>{ "Skip to writing" }</a>
            <nav class="side" aria-label="Rooms">
                <p class="brand">{ logo() }{ "Holdline" }{ close_button(&open(Drawer::None)) }</p>
                { room_list(&rooms, &navigate, &dispatch.reform(Action::Forgot)) }
                { nickname(state.me.as_ref(), on_call.reform(MessageCall::Rename)) }
            </nav>
            <main>
                { header(top) }
                if let Some(room) = room {
                    <RoomView
                        key={room.name.as_str()}
                        room={Rc::clone(room)}
                        sendings={state.outbox.of_room(&room.name).cloned().collect::<Vec<_>>()}
                        me={state.me.clone()}
                        drafts={page.drafts.clone()}
                        notice={state.notice.clone().map(AttrValue::from)}
                        {locale}
                        navigate={&navigate}
                        on_call={on_call.clone()}
                        on_say={let (page, name) = (Rc::clone(&page), room.name.clone());
                            move |(text, reply_to)| page.say(name.clone(), text, reply_to)}
                        on_retry={dispatch.reform(|key| Action::Progressed(key, Progress::Pending))}
                        on_discard={dispatch.reform(Action::Discarded)}
                        on_end={let page = Rc::clone(&page); move |is_at_end| page.set_at_end(is_at_end)}
                        on_close_notice={dispatch.reform(|()| Action::Noticed(None))}
                    />
                } else {
                    { instead(&state.route, &navigate) }
                }
            </main>
            <aside class="side" aria-label="People">
                <p class="brand">{ close_button(&open(Drawer::None)) }</p>
                { people(here, state.me.as_ref().map(|me| &me.id)) }
            </aside>
            <div class="scrim" onclick={open(Drawer::None).reform(|_| ())}></div>
        </div>
    }
}

fn instead(route: &Route, navigate: &Navigate) -> Html {
    let (title, text) = match route {
        Route::Room(_) => return Html::default(),
        Route::InvalidRoom { name, why } => (format!("No room can be called “{name}”"), format!("{why}.")),
        Route::Unknown => {
            ("There is no such page".to_owned(), "The address may have been cut or mistyped.".to_owned())
        }
    };
    wrong_page(&title, &text, navigate)
}

fn close_button(close: &Callback<()>) -> Html {
    html! {
        <button type="button" class="tool drawer-button" aria-label="Close" onclick={close.reform(|_| ())}>
            { icon(Shape::Close) }
        </button>
    }
}

/// A link inside the page would go to the base, so the focus is moved by hand.
fn skip() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        event.prevent_default();
        dom::focus("composer");
    })
}
