//! The page: state, effects and components, put together. No logic of its own.

use holdline_shared::RoomName;
use yew::prelude::*;

use crate::api::{self, Storage, dom};
use crate::components::{
    ConnectionBar, Header, Icon, Logo, NicknameEdit, People, RoomList, RoomView, Shape, WrongPage,
};
use crate::hooks::{
    MessageCall, Navigate, Store, Wake, saved, use_drafts, use_join, use_memory, use_message_calls,
    use_outbox, use_room_list, use_route, use_session, use_store, use_subscription, use_title,
    use_visibility, use_wakes,
};
use crate::state::{Action, Progress, Route, listed, unread};

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
    let storage = (*use_state(Storage::open)).clone();
    let (route, navigate) = use_route();
    let store = use_store({
        let storage = storage.clone();
        move || saved(&storage)
    });
    let wakes = use_wakes();
    use_memory(&storage, &store);
    use_session(&store, &wakes);
    let driver = use_subscription(&store, &wakes);
    use_join(&store, &driver, &wakes);
    use_outbox(&store, &wakes);
    use_room_list(&store, &wakes);
    let drawer = use_state_eq(|| Drawer::None);
    let is_at_end = use_state_eq(|| true);
    use_entering(&store, &route, drawer.setter());
    use_seeing(&store, &route, *is_at_end);
    let on_call = use_message_calls(&store);
    let drafts = use_drafts(&storage);

    let locale = api::locale();
    let name = match &route {
        Route::Room(name) => Some(name.clone()),
        Route::InvalidRoom { .. } | Route::Unknown => None,
    };
    use_title(title(&store, name.as_ref()));
    let open = |which: Drawer| {
        let drawer = drawer.setter();
        Callback::from(move |()| drawer.set(which))
    };
    let room = name.as_ref().and_then(|name| store.rooms.get(name)).cloned();
    let here = name.as_ref().and_then(|name| store.presence.get(name)).cloned();
    let rooms = listed(&store);
    let act = |action: fn(_) -> Action| {
        let store = store.clone();
        Callback::from(move |value| store.dispatch(action(value)))
    };
    let on_retry = {
        let store = store.clone();
        Callback::from(move |key| store.dispatch(Action::Progressed(key, Progress::Pending)))
    };
    let on_forget = {
        let store = store.clone();
        Callback::from(move |name| store.dispatch(Action::Forgot(name)))
    };
    let status = html! {
        <ConnectionBar
            connection={store.connection.clone()}
            {locale}
            on_now={move |()| wakes.ring(Wake::Now)}
        />
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
                <p class="brand"><Logo />{ "Holdline" }{ close_button(&open(Drawer::None)) }</p>
                <RoomList rooms={rooms.clone()} navigate={&navigate} {on_forget} />
                <NicknameEdit me={store.me.clone()} on_rename={on_call.reform(MessageCall::Rename)} />
            </nav>
            <main>
                <Header
                    room={name.clone()}
                    topic={room.as_ref().map(|room| room.topic.clone()).unwrap_or_default()}
                    here={here.as_ref().map(|here| here.count)}
                    has_news={rooms.iter().any(|room| room.has_news && !room.is_current)}
                    {status}
                    on_topic={on_call.reform(MessageCall::Topic)}
                    on_rooms={open(Drawer::Rooms)}
                    on_people={open(Drawer::People)}
                />
                if let (Some(name), Some(room)) = (name.clone(), room) {
                    <RoomView
                        key={name.as_str()}
                        sendings={store.outbox.of_room(&name).cloned().collect::<Vec<_>>()}
                        name={name.clone()}
                        {room}
                        me={store.me.clone()}
                        {drafts}
                        notice={store.notice.clone().map(AttrValue::from)}
                        {locale}
                        navigate={&navigate}
                        {on_call}
                        on_say={saying(&store, name.clone())}
                        {on_retry}
                        on_discard={act(Action::Discarded)}
                        on_end={let is_at_end = is_at_end.setter(); move |at_end| is_at_end.set(at_end)}
                        on_close_notice={let store = store.clone(); move |()| store.dispatch(Action::Noticed(None))}
                    />
                } else {
                    { wrong_page(&route, &navigate) }
                }
            </main>
            <aside class="side" aria-label="People">
                <p class="brand">{ close_button(&open(Drawer::None)) }</p>
                <People {here} me={store.me.as_ref().map(|me| me.id.clone())} />
            </aside>
            <div class="scrim" onclick={open(Drawer::None).reform(|_| ())}></div>
        </div>
    }
}

fn wrong_page(route: &Route, navigate: &Navigate) -> Html {
    let (title, text) = match route {
        Route::Room(_) => return Html::default(),
        Route::InvalidRoom { name, why } => (format!("No room can be called “{name}”"), format!("{why}.")),
        Route::Unknown => {
            ("There is no such page".to_owned(), "The address may have been cut or mistyped.".to_owned())
        }
    };
    html! { <WrongPage {title} {text} {navigate} /> }
}

fn close_button(close: &Callback<()>) -> Html {
    html! {
        <button type="button" class="tool drawer-button" aria-label="Close" onclick={close.reform(|_| ())}>
            <Icon shape={Shape::Close} />
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

fn title(store: &Store, name: Option<&RoomName>) -> String {
    let page = name.map_or("Holdline".to_owned(), |name| format!("{name} · Holdline"));
    match unread(store) {
        0 => page,
        n => format!("({n}) {page}"),
    }
}

fn saying(
    store: &Store,
    room: RoomName,
) -> Callback<(holdline_shared::MessageText, Option<holdline_shared::Seq>)> {
    let store = store.clone();
    Callback::from(move |(text, reply_to)| {
        let (room, key, at) = (room.clone(), api::random_key(), api::wall_clock());
        store.dispatch(Action::Said { room, key, text, reply_to, at });
    })
}

/// The address bar names the room; the state follows, and an open drawer has done its work.
#[hook]
fn use_entering(store: &Store, route: &Route, drawer: UseStateSetter<Drawer>) {
    let store = store.clone();
    use_effect_with(route.clone(), move |route| {
        if let Route::Room(name) = route {
            store.dispatch(Action::Entered(name.clone()));
        }
        drawer.set(Drawer::None);
    });
}

/// What was on the screen, in a visible page, at the newest message, has been read.
#[hook]
fn use_seeing(store: &Store, route: &Route, is_at_end: bool) {
    let is_seen = use_visibility() && is_at_end;
    let head = store.room().map(|room| (room.head, room.seen, room.unread));
    let name = store.current.clone().filter(|name| is_seen && *route == Route::Room(name.clone()));
    let store = store.clone();
    use_effect_with((name, head), move |(name, head)| {
        if let (Some(name), Some((head, seen, unread))) = (name, head)
            && (head > seen || *unread > 0)
        {
            store.dispatch(Action::Read(name.clone()));
        }
    });
}
