//! Combines everything that runs while the page is open: storage, session, subscription, outbox. State changes drive
//! it; [`Engine::run`] is the entry point for the reader's commands. Renders nothing.

mod changes;
mod doubt;
mod driver;
mod followed;
mod join;
mod memory;
mod newest_page;
mod news;
mod pause;
mod report;
mod requests;
mod room_list;
mod sender;
mod session;
mod snapshot;
mod store;
mod subscription;
mod tabs;
mod wakes;
mod wishes;

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use holdline_shared::Timestamp;
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use self::driver::Driver;
use self::join::Join;
use self::memory::Memory;
use self::room_list::RoomListRefresh;
use self::sender::Sender;
use self::store::Store;
use self::wakes::{BrowserEvents, Listening, Wake, Wakes};
use crate::api::{self, AbortOnDrop, Storage, dom};
use crate::command::Command;
use crate::state::{Action, Page, Phase, Room, State, unread};
use crate::words;

/// The longest time that the first render is delayed. The first responses usually arrive before the client.
const PATIENCE_MS: u32 = 200;

/// The engine. Clones are handles to the same engine.
#[derive(Clone)]
pub struct Engine {
    store: Store,
    wakes: Wakes,
    screen: Rc<RefCell<Callback<Rc<State>>>>,
}

impl PartialEq for Engine {
    /// Compares nothing: the page has one engine.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Engine {
    /// Starts the engine at this page, with the state that storage has kept. Dropping the guard stops everything.
    pub fn start(page: Page) -> (Self, Running) {
        let storage = Storage::open();
        let store = Store::new(State::restore(memory::saved(&storage)));
        let screen = Rc::new(RefCell::new(Callback::noop()));
        let engine = Self { store, wakes: Wakes::default(), screen };
        let (store, wakes) = (&engine.store, &engine.wakes);
        let guard = AbortOnDrop::new();
        let memory = Memory::new(&storage, store);
        let driver = subscription::subscribe(store, wakes, storage);
        let room_list = RoomListRefresh::default();
        room_list.begin(store);
        let effects = Effects {
            engine: engine.clone(),
            memory: memory.clone(),
            driver: driver.clone(),
            join: Join::default(),
            sender: Sender::new(store.clone(), wakes.clone(), memory.clone(), guard.signal()),
            room_list,
        };
        store.follow(Some(Box::new(move |before, after| effects.follow(before, after))));
        spawn_local(session::sign_in(store.clone(), wakes.clone(), guard.signal()));
        let running = Running {
            store: store.clone(),
            driver: driver.clone(),
            _alive: (
                wakes.listen(engine.waking(&driver)),
                wakes.listen_to_browser(),
                room_list::each_minute(store),
                memory.listen(store),
                listen_to_leaving(store, &driver),
                guard,
            ),
        };
        store.dispatch(Action::Attended(dom::is_attended()));
        engine.go_to(page);
        (engine, running)
    }

    /// Waits briefly until the page has what the reader came for.
    pub async fn opened(&self) {
        self.store.until_or_after(PATIENCE_MS, State::has_opened).await;
    }

    /// Returns the current state.
    pub fn state(&self) -> Rc<State> {
        self.store.state()
    }

    /// Sends every new state to this callback from now on.
    pub fn show_in(&self, screen: Callback<Rc<State>>) {
        self.screen.replace(screen);
    }

    /// Goes to the page that the address bar names now.
    pub fn go_to(&self, page: Page) {
        if self.state().ui.page != page {
            if let Page::Join(code) = &page {
                requests::look_at_link(&self.store, code.clone());
            }
            self.store.dispatch(Action::Went(page));
        }
    }

    /// Runs a command of the reader.
    pub fn run(&self, command: Command) {
        match command {
            Command::TryNow => self.wakes.ring(Wake::Now),
            Command::Reload => dom::reload(),
            command => changes::run(&self.store, command),
        }
    }

    fn waking(&self, driver: &Driver) -> Callback<Wake> {
        let (store, driver) = (self.store.clone(), driver.clone());
        Callback::from(move |wake| {
            driver.wake(wake);
            let is_attended = dom::is_attended();
            if store.state().ui.is_attended != is_attended {
                store.dispatch(Action::Attended(is_attended));
            }
            if matches!(wake, Wake::Visible | Wake::Online) {
                room_list::refresh(&store);
            }
        })
    }
}

/// A running engine.
pub struct Running {
    store: Store,
    driver: Driver,
    _alive: (Listening, BrowserEvents, Interval, Option<EventListener>, Option<EventListener>, AbortOnDrop),
}

impl Drop for Running {
    fn drop(&mut self) {
        self.driver.stop();
        self.store.follow(None);
    }
}

/// The side effects of every state change.
struct Effects {
    engine: Engine,
    memory: Memory,
    driver: Driver,
    join: Join,
    sender: Sender,
    room_list: RoomListRefresh,
}

impl Effects {
    /// Handles a state change. Storage comes first, so that typed text is kept whatever happens next. The subscription
    /// learns what to poll before a room's history is requested, so that no entry falls in between. Rendering comes
    /// last.
    fn follow(&self, before: &State, after: &Rc<State>) {
        self.memory.keep(before, after);
        if after.connection.doubts != before.connection.doubts {
            self.driver.doubt();
        }
        let is_live_again =
            after.connection.stale_since.is_none() && before.connection.stale_since.is_some_and(is_old);
        if is_live_again {
            self.engine.wakes.ring(Wake::Live);
        }
        self.talk_to_server(before, after);
        self.show(after);
    }

    fn talk_to_server(&self, before: &State, state: &State) {
        let Engine { store, wakes, .. } = &self.engine;
        self.driver.want(state.followed(), state.here());
        self.join.follow(state, store, &self.driver, wakes);
        self.sender.follow(before, state);
        self.room_list.follow(state, store);
    }

    fn show(&self, state: &Rc<State>) {
        dom::set_title(&title(state));
        let screen = self.engine.screen.borrow().clone();
        screen.emit(Rc::clone(state));
        self.mark_read(state);
    }

    /// Marks the room as read if the newest message is in sight on a page that has the reader's attention.
    fn mark_read(&self, state: &State) {
        let seen = &state.rooms.seen;
        // What is on the screen may belong to a log that was replaced, whose numbers say nothing about this one.
        let is_of_log =
            |room: &Room| seen.of_log.is_none() || room.read_at().is_some_and(|at| seen.is_of_log(at));
        let is_ready = |room: &&Rc<Room>| room.phase == Phase::Ready && is_of_log(room);
        let Some(room) = state.room().filter(is_ready) else { return };
        let is_new = room.has_news() || seen.of(&room.name) < room.head;
        if state.ui.is_attended && state.ui.is_at_end && is_new {
            self.engine.store.dispatch(Action::Read(room.name.clone(), room.head));
        }
    }
}

/// Whether this is more than ten seconds ago: a doubt about the connection is settled sooner.
fn is_old(since: Timestamp) -> bool {
    api::wall_clock().0.saturating_sub(since.0) > 10_000
}

fn listen_to_leaving(store: &Store, driver: &Driver) -> Option<EventListener> {
    let (store, driver) = (store.clone(), driver.clone());
    Some(EventListener::new(&web_sys::window()?.into(), "pagehide", move |_| {
        snapshot::leave(&store.state(), &driver);
        driver.leave();
    }))
}

fn title(state: &State) -> String {
    let page = state.ui.page.room().map(|name| words::page_title(&state.title_of(name)));
    let page = page.unwrap_or_else(|| "Holdline".to_owned());
    match unread(state) {
        0 => page,
        n => format!("({n}) {page}"),
    }
}
