//! The page: combines addresses, engine, contexts and components. Has no logic of its own.

use std::rc::Rc;

use holdline_shared::{Role, RoomName, Status, Timestamp};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::api::focus;
use crate::api::{dom, step_to};
use crate::command::Command;
use crate::components::{
    Conversation, Dialog, Gate, HeaderOf, JoinOf, PanelDialog, People, RoomList, Shape, banners, changing,
    header, icon_button, join_page, logo, missing_room, nickname, status_line, verbatim, wrong_page,
};
use crate::engine::Engine;
use crate::hooks::{
    Commands, use_commands, use_engine_state, use_focus_guard, use_local_time, use_locale, use_status,
};
use crate::route::Route;
use crate::state::{Locale, Namesakes, Overlay, Page, Panel, Phase, Powers, State, listed_rooms};
use crate::words;

/// The properties of the app.
#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// The running engine.
    pub engine: Engine,
}

/// The client.
#[component]
pub fn App(props: &AppProps) -> Html {
    html! { <BrowserRouter><Shell engine={props.engine.clone()} /></BrowserRouter> }
}

/// The page within the router.
#[component]
fn Shell(props: &AppProps) -> Html {
    let engine = props.engine.clone();
    let state = use_engine_state(&engine);
    let locale = use_local_time();
    use_focus_guard();
    let route = use_route::<Route>().unwrap_or(Route::NotFound);
    {
        let engine = engine.clone();
        use_effect_with(route, move |route| engine.go_to(route.page(dom::lower_case)));
    }
    let run = use_callback(engine, |command, engine| match command {
        Command::Go(room) => go(engine, &room),
        Command::Make(room) => {
            // Before the room is entered, which otherwise makes nothing.
            engine.run(Command::Make(room.clone()));
            go(engine, &room);
        }
        Command::Show(room, seq) => {
            engine.run(Command::Open(Overlay::Nothing));
            if engine.state().ui.page == Page::Room(room.clone(), Some(seq)) {
                engine.run(Command::FollowQuote { room, seq, from: None });
            } else {
                step_to(&Route::of_message(&room, seq).to_path());
            }
        }
        Command::Forget(room) => {
            if engine.state().ui.page.room() == Some(&room) {
                engine.go_to(Page::Room(RoomName::lobby(), None));
                step_to(&Route::Lobby.to_path());
            }
            engine.run(Command::Forget(room));
        }
        command => engine.run(command),
    });
    {
        let run = run.clone();
        use_effect_with(state.ui.headed.clone(), move |headed| {
            if let Some(room) = headed {
                run.emit(Command::Go(room.clone()));
            }
        });
    }
    let screen = screen(&state, locale, &run);
    html! {
        <ContextProvider<Commands> context={Commands(run)}>
            <ContextProvider<Locale> context={locale}>
                <ContextProvider<Namesakes> context={state.people.names.namesakes.clone()}>
                    { screen }
                </ContextProvider<Namesakes>>
            </ContextProvider<Locale>>
        </ContextProvider<Commands>>
    }
}

/// Goes to a room, and closes what lies over the page.
fn go(engine: &Engine, room: &RoomName) {
    engine.run(Command::Open(Overlay::Nothing));
    if engine.state().ui.page != Page::Room(room.clone(), None) {
        step_to(&Route::of_room(room).to_path());
    }
}

/// Draws the page of a link, the page in front of a shut door, or the chat.
fn screen(state: &Rc<State>, locale: Locale, run: &Callback<Command>) -> Html {
    let State { session, settings, ui, .. } = &**state;
    if let Page::Join(code) = &ui.page {
        return join_page(&JoinOf { code, link: &ui.link, me: session.me.as_ref(), settings, locale }, run);
    }
    match &session.gate {
        Some(gate) => {
            html! { <Gate door={session.door} gate={gate.clone()} settings={settings.clone()} /> }
        }
        None => html! { <Layout state={Rc::clone(state)} /> },
    }
}

#[derive(Properties, PartialEq)]
struct LayoutProps {
    state: Rc<State>,
}

/// The side bars, header and conversation.
#[component]
fn Layout(props: &LayoutProps) -> Html {
    let state = &props.state;
    let run = use_commands();
    let locale = use_locale();
    let (status, seconds) = use_status(&state.connection.status);
    let overlay = &state.ui.overlay;
    let close = run.reform(|()| Command::Open(Overlay::Nothing));
    let skip = Callback::from(|event: MouseEvent| {
        // The browser would resolve a link inside the page against the base.
        event.prevent_default();
        focus::focus_content();
    });
    let room = state.room();
    let is_open = room.is_some_and(|room| !room.phase.is_closed());
    let here = room.filter(|_| is_open).and_then(|room| state.people.of(&room.name)).cloned();
    let rooms = listed_rooms(state);
    let rooms_bar = |buttons: Html| {
        html! {
            <>
                <p class="brand">{ logo() }{ verbatim("Holdline") }{ server_button(state, &run) }{ buttons }</p>
                <RoomList rooms={rooms.clone()} />
                { nickname(state.session.me.as_ref(), &run) }
            </>
        }
    };
    let people = || {
        html! {
            <People here={here.clone()} profiles={state.people.profiles.clone()} me={state.session.id().cloned()} />
        }
    };
    let close_button = icon_button(Shape::Close, words::CLOSE, close.reform(|_| ()));
    let dialog = match overlay {
        Overlay::Rooms => html! {
            <Dialog class="drawer rooms-drawer" label={words::ROOMS} on_close={close}>{ rooms_bar(close_button) }</Dialog>
        },
        Overlay::People => html! {
            <Dialog class="drawer people-drawer" label={words::PEOPLE} on_close={close}>
                <p class="brand">{ close_button }</p>
                { people() }
            </Dialog>
        },
        Overlay::Panel(page) => html! { <PanelDialog state={Rc::clone(state)} panel={page.clone()} /> },
        Overlay::Nothing | Overlay::Topic => Html::default(),
    };
    let complete_to = complete_to(state, &status, locale);
    let connection =
        if is_open { status_line(&status, seconds, complete_to.as_deref(), &run) } else { Html::default() };
    let head = HeaderOf {
        room: room.map(|room| &**room).filter(|_| is_open),
        title: room.map(|room| state.title_of(&room.name)).unwrap_or_default(),
        overlay,
        has_settings: has_settings(state),
        here: here.as_ref().map(|here| here.count),
        has_news: rooms.iter().any(|room| room.has_news && !room.is_current),
        connection,
    };
    html! {
        <div class="page">
            <a class="skip" href={if is_open { "#composer" } else { "#content" }} onclick={skip}>
                { changing(if is_open { words::SKIP_TO_WRITING } else { words::SKIP_TO_CONTENT }) }
            </a>
            // On a narrow screen drawers show the side bars' content; while a drawer is open, its side bar is empty.
            <nav class="side" aria-label={words::ROOMS}>
                if *overlay != Overlay::Rooms {
                    { rooms_bar(Html::default()) }
                }
            </nav>
            <main id="content">
                { header(head, &run) }
                { content(state, &run) }
            </main>
            <aside class="side" aria-label={words::PEOPLE}>
                if *overlay != Overlay::People {
                    { people() }
                }
            </aside>
            { dialog }
        </div>
    }
}

/// The button that opens the settings of the server, for its admins.
fn server_button(state: &State, run: &Callback<Command>) -> Html {
    if !state.session.is_admin() {
        return Html::default();
    }
    let open = run.reform(|_: MouseEvent| Command::Open(Overlay::Panel(Panel::Door)));
    icon_button(Shape::Settings, words::THIS_SERVER, open)
}

/// Whether the room on the screen has settings: members to see, or rules that the reader may change.
fn has_settings(state: &State) -> bool {
    let room = state.room().filter(|room| room.phase != Phase::Missing);
    room.is_some_and(|room| state.is_room_admin() || state.rooms.standing(&room.name).role > Role::None)
}

/// Returns the reason why a room does not exist.
fn why_missing(state: &State, room: &RoomName) -> &'static str {
    match (state.rooms.had(room), state.has_written(room)) {
        (true, true) => words::ROOM_IS_GONE_WITH_TEXT,
        (true, false) => words::ROOM_IS_GONE,
        (false, _) => words::NO_ROOM_WHY,
    }
}

/// Returns the reader's rights over the messages of others.
fn powers(state: &State) -> Powers {
    let has_admins = state.people.profiles.all().any(|profile| profile.admin);
    Powers { can_delete: state.is_room_admin(), can_report: has_admins && state.session.me.is_some() }
}

/// Draws the room on the screen, or the page shown in its place.
fn content(state: &State, run: &Callback<Command>) -> Html {
    let ui = &state.ui;
    let wrong = |title: String, text: String| wrong_page(&title, &text, run);
    match (&ui.page, state.room()) {
        (Page::InvalidRoom { name, why }, _) => wrong(words::no_room_called(name), words::sentence(why)),
        (Page::NotFound | Page::Join(_), _) | (_, None) => {
            wrong(words::NO_PAGE.to_owned(), words::NO_PAGE_WHY.to_owned())
        }
        (Page::Room(..), Some(room)) => match &room.phase {
            Phase::Missing => missing_room(&room.name, why_missing(state, &room.name), run),
            Phase::Refused(why) => {
                wrong(words::cannot_open(&state.title_of(&room.name)), words::sentence(why))
            }
            _ => html! {
                <Conversation
                    key={room.name.as_str()}
                    room={Rc::clone(room)}
                    title={state.title_of(&room.name)}
                    standing={state.rooms.standing(&room.name)}
                    profiles={state.people.profiles.clone()}
                    ui={ui.of(&room.name)}
                    sendings={state.outbox.of_room(&room.name).cloned().collect::<Vec<_>>()}
                    delay={state.outbox.delay.clone().map(AttrValue::from)}
                    session={state.session.clone()}
                    powers={powers(state)}
                >
                    { banners(state, run) }
                </Conversation>
            },
        },
    }
}

/// The age below which the screen does not count as old.
const FRESH_MS: u64 = 3_000;

/// Returns the time up to which the page is complete, if that is worth showing.
fn complete_to(state: &State, status: &Status, locale: Locale) -> Option<String> {
    let Timestamp(now) = (locale.now)();
    let is_old = |since: &Timestamp| *status == Status::Offline || now.saturating_sub(since.0) >= FRESH_MS;
    let since = state.connection.stale_since.filter(|since| *status != Status::Live && is_old(since))?;
    Some(locale.day_and_time(since))
}
