//! The page's life: everything that runs while it is open, put together. Dropping it ends all of that.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use holdline_shared::{MessageText, Seq};
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use super::join::Join;
use super::outbox::Sender;
use super::room_list::{self, RoomList};
use super::session::sign_in;
use super::store::Follower;
use super::subscription::subscribe;
use super::wakes::Ears;
use super::{Drafts, Driver, Listening, Memory, Store, Wake, Wakes, saved};
use crate::api::{self, AbortOnDrop, Base, Storage, dom};
use crate::state::{Action, Route, State, unread};

/// An open page.
pub struct Page {
    /// Its state.
    pub store: Store,
    /// What was typed and not sent.
    pub drafts: Drafts,
    wakes: Wakes,
    driver: Driver,
    base: Base,
    is_at_end: Rc<Cell<bool>>,
    #[expect(dead_code, reason = "it runs")]
    running: (Listening, Ears, Interval, [Option<EventListener>; 3], AbortOnDrop),
}

impl Page {
    /// Opens it; `render` is called after every change.
    pub fn open(render: Callback<()>) -> Self {
        let (storage, base, wakes) = (Storage::open(), api::base(), Wakes::default());
        let store = Store::new(State::restore(saved(&storage)));
        let driver = subscribe(&store, &wakes, storage.clone());
        let memory = Memory::new(&storage, &store);
        let guard = AbortOnDrop::new();
        let is_at_end = Rc::new(Cell::new(true));
        let effects: Vec<Follower> = vec![
            {
                let memory = memory.clone();
                Box::new(move |before, after| memory.keep(before, after))
            },
            {
                let (join, sender, list) = (Join::default(), Sender::default(), RoomList::default());
                let (store, driver, wakes, signal) =
                    (store.clone(), driver.clone(), wakes.clone(), guard.signal());
                Box::new(move |_, state| {
                    driver.ask(state.followed(), state.here());
                    join.follow(state, &store, &driver, &wakes);
                    sender.follow(state, &store, &wakes, &signal);
                    list.follow(state, &store);
                })
            },
            {
                let (store, is_at_end) = (store.clone(), Rc::clone(&is_at_end));
                Box::new(move |_, state| {
                    dom::set_title(&title(state));
                    see(&store, is_at_end.get());
                    render.emit(());
                })
            },
        ];
        store.follow(effects);
        let listening = wakes.listen(waking(&store, &driver, &is_at_end));
        let events = [listen_to_back(&store, &base), listen_to_going(&driver), memory.listen(&store)];
        spawn_local(sign_in(store.clone(), wakes.clone(), guard.signal()));
        let running = (listening, wakes.open_ears(), room_list::each_minute(&store), events, guard);
        store.dispatch(Action::Went(read_route(&base)));
        Self { store, drafts: Drafts(storage), wakes, driver, base, is_at_end, running }
    }

    /// Goes to another page: its address relative to the base, as in links.
    pub fn go_to(&self, href: &str) {
        dom::push_path(&self.base.page(href));
        self.store.dispatch(Action::Went(read_route(&self.base)));
    }

    /// Says something in the room on the screen.
    pub fn say(&self, text: MessageText, reply_to: Option<Seq>) {
        let Some(room) = self.store.state().current.clone() else { return };
        let (key, at) = (api::random_key(), api::wall_clock());
        self.store.dispatch(Action::Said { room, key, text, reply_to, at });
    }

    /// Does not wait any longer.
    pub fn hurry(&self) {
        self.wakes.ring(Wake::Now);
    }

    /// The reader is at the newest message, or not any more.
    pub fn set_at_end(&self, is_at_end: bool) {
        self.is_at_end.set(is_at_end);
        see(&self.store, is_at_end);
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.driver.stop();
        self.store.follow(Vec::new());
    }
}

fn waking(store: &Store, driver: &Driver, is_at_end: &Rc<Cell<bool>>) -> Callback<Wake> {
    let (store, driver, is_at_end) = (store.clone(), driver.clone(), Rc::clone(is_at_end));
    Callback::from(move |wake| {
        driver.wake(wake);
        if matches!(wake, Wake::Visible | Wake::Online) {
            see(&store, is_at_end.get());
            room_list::refresh(&store);
        }
    })
}

fn listen_to_back(store: &Store, base: &Base) -> Option<EventListener> {
    let (store, base) = (store.clone(), base.clone());
    let window = web_sys::window()?;
    Some(EventListener::new(&window, "popstate", move |_| store.dispatch(Action::Went(read_route(&base)))))
}

fn listen_to_going(driver: &Driver) -> Option<EventListener> {
    let driver = driver.clone();
    Some(EventListener::new(&web_sys::window()?.into(), "pagehide", move |_| driver.leave()))
}

fn read_route(base: &Base) -> Route {
    base.strip(&dom::path()).map_or(Route::Unknown, |path| Route::parse(&dom::lower_case(&path)))
}

/// What was on the screen, in a visible page, at the newest message, has been read.
fn see(store: &Store, is_at_end: bool) {
    let state = store.state();
    if let Some(room) = state.room()
        && is_at_end
        && (room.head > room.seen || room.unread > 0)
        && dom::is_visible()
    {
        store.dispatch(Action::Read(room.name.clone()));
    }
}

fn title(state: &State) -> String {
    let page = state.current.as_ref().map_or("Holdline".to_owned(), |name| format!("{name} · Holdline"));
    match unread(state) {
        0 => page,
        n => format!("({n}) {page}"),
    }
}
