//! One held request per browser: the tab that holds a lock polls for all tabs and tells them the answers. The others
//! listen where they would hold a poll, and catch up by a poll that is not held when they missed something. Where there
//! are no locks or no channel between tabs, each tab polls for itself.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use holdline_shared::{After, Cursor, Event, PollQuery, RoomName, RoomSelection, Status};
use wasm_bindgen_futures::spawn_local;

use super::driver::{Inner, News};
use super::wakes::Wake;
use crate::api::{self, Channel, Lock};
use crate::json::Answered;
use crate::state::tabs::{self, Place, Said};

/// What a tab is to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Role {
    /// There are no others, or it cannot hear them.
    #[default]
    Alone,
    /// It polls for all.
    Leader,
    /// Another one polls for it.
    Follower,
}

/// The other tabs.
#[derive(Default)]
pub(super) struct Tabs {
    pub(super) role: Cell<Role>,
    /// Whether the poll that is held is another tab's.
    pub(super) is_listening: Cell<bool>,
    id: RefCell<String>,
    channel: RefCell<Option<Channel>>,
    lock: RefCell<Option<Lock>>,
    others: RefCell<tabs::Tabs>,
    place: RefCell<Place>,
    patience: Cell<Duration>,
    /// What another tab said is not said again.
    is_echo: Cell<bool>,
}

/// How much later than the leader's own watchdog silence counts as its end, at least.
const SLACK: Duration = Duration::from_secs(5);

impl Inner {
    /// Looks for other tabs.
    pub(super) fn meet_tabs(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let channel = Channel::open(&api::shared_name("tabs"), move |text| {
            if let (Some(inner), Some(said)) = (weak.upgrade(), Said::read(text, api::now())) {
                inner.hear(said);
            }
        });
        if channel.is_some() && self.ask_to_lead(false) {
            self.tabs.role.set(Role::Follower);
            self.tabs.channel.replace(channel);
            self.tabs.id.replace(api::random_key().to_string());
            self.ask_leader();
        }
    }

    /// Whether there are locks. With `steal` the leader is deposed.
    fn ask_to_lead(self: &Rc<Self>, steal: bool) -> bool {
        let Some(asked) = api::ask(&api::shared_name("poll"), steal) else { return false };
        let (granted, over) = (Rc::downgrade(self), Rc::downgrade(self));
        spawn_local(async move {
            if let (Some(lock), Some(inner)) = (asked.granted.await, granted.upgrade()) {
                inner.lead(lock);
            }
        });
        spawn_local(async move {
            // An error, too, says no more than that it is over.
            let _ = asked.over.await;
            if let Some(inner) = over.upgrade() {
                inner.lose(steal);
            }
        });
        true
    }

    fn lead(self: &Rc<Self>, lock: Lock) {
        self.tabs.lock.replace(Some(lock));
        self.tabs.role.set(Role::Leader);
        self.tabs.others.take();
        self.post(&tabs::word("lead").end());
        if self.tabs.is_listening.get() {
            self.feed(Event::Suspended);
        }
    }

    fn lose(self: &Rc<Self>, was_stolen_before: bool) {
        if self.tabs.channel.borrow().is_none() {
            return;
        }
        match self.tabs.role.get() {
            Role::Leader => {
                self.tabs.role.set(Role::Follower);
                self.tabs.others.take();
                // Who stole had asked in the queue before, and is still in it.
                if !was_stolen_before {
                    self.ask_to_lead(false);
                }
                self.ask_leader();
            }
            // It never had the lock, so nobody may have it.
            Role::Follower if !was_stolen_before => self.tabs.role.set(Role::Alone),
            _ => return,
        }
        self.again();
    }

    /// Ends it all.
    pub(super) fn leave_tabs(&self) {
        self.say_goodbye();
        self.tabs.role.set(Role::Alone);
        self.tabs.channel.take();
        self.tabs.lock.take();
    }

    pub(super) fn say_goodbye(&self) {
        self.post(&tabs::word("bye").text("tab", &self.tabs.id.borrow()).end());
    }

    pub(super) fn rooms_to_poll(&self) -> Vec<RoomName> {
        self.tabs.others.borrow().rooms(&self.rooms.borrow())
    }

    pub(super) fn rooms_to_be_in(&self) -> Vec<RoomName> {
        self.tabs.others.borrow().here(self.here.borrow().as_ref())
    }

    fn post(&self, text: &str) {
        if let Some(channel) = &*self.tabs.channel.borrow() {
            channel.post(text);
        }
    }

    /// Says what to poll for this tab.
    pub(super) fn ask_leader(&self) {
        if self.tabs.role.get() == Role::Follower {
            let here = self.here.borrow();
            self.post(&tabs::ask(&self.tabs.id.borrow(), &self.rooms.borrow(), here.as_ref()));
        }
    }

    /// Passes on what only this tab knows of.
    pub(super) fn forward(&self, wake: Wake) {
        if matches!(wake, Wake::Visible | Wake::Now) && !self.tabs.is_echo.get() {
            // A page that comes back after it said goodbye asks again.
            self.ask_leader();
            self.post(&tabs::word("wake").end());
        }
    }

    pub(super) fn share_status(&self, status: &Status) {
        if self.tabs.role.get() == Role::Leader && !matches!(status, Status::Live | Status::Connecting) {
            self.post(&tabs::status(status, api::now()));
        }
    }

    pub(super) fn share_answer(&self, query: &PollQuery, answer: &str) {
        if let (Role::Leader, After::At(from), RoomSelection::Named(rooms)) =
            (self.tabs.role.get(), query.after, &query.rooms)
        {
            self.post(&tabs::batch(from, rooms, answer));
        }
    }

    /// Waits for the leader's answers instead of holding a poll, for as long as the leader would.
    pub(super) fn listen(self: &Rc<Self>, watchdog: Duration) {
        if self.position().is_some_and(|at| self.tabs.place.borrow_mut().must_catch_up(at)) {
            return self.feed(Event::Suspended);
        }
        self.tabs.is_listening.set(true);
        // Not all at once: whoever is first says so to the others.
        self.tabs.patience.set(watchdog + SLACK + api::jitter().fraction_of(SLACK));
        self.keep_listening();
    }

    fn keep_listening(self: &Rc<Self>) {
        self.outlast(self.tabs.patience.get(), |inner| {
            inner.keep_listening();
            inner.ask_to_lead(true);
        });
    }

    fn hear(self: &Rc<Self>, said: Said) {
        let before = (self.rooms_to_poll(), self.rooms_to_be_in());
        match (said, self.tabs.role.get()) {
            (Said::Ask(tab), Role::Leader) => self.tabs.others.borrow_mut().put(tab),
            (Said::Bye(id), Role::Leader) => self.tabs.others.borrow_mut().remove(&id),
            (Said::Lead, Role::Follower) => {
                self.ask_leader();
                self.heard_leader(None);
            }
            (Said::Wake, _) => {
                self.tabs.is_echo.set(true);
                self.tell.emit(News::Hurried);
                self.tabs.is_echo.set(false);
            }
            (Said::Batch(from, rooms, answered), Role::Follower) => self.hear_answer(from, &rooms, answered),
            (Said::Status(status), Role::Follower) => self.heard_leader(Some(status)),
            _ => {}
        }
        if self.tabs.role.get() == Role::Leader && before != (self.rooms_to_poll(), self.rooms_to_be_in()) {
            self.again();
        }
    }

    fn heard_leader(self: &Rc<Self>, status: Option<Status>) {
        if self.tabs.is_listening.get() {
            self.keep_listening();
            if let Some(status) = status {
                self.tell.emit(News::Status(status));
            }
        }
    }

    fn hear_answer(self: &Rc<Self>, from: Cursor, rooms: &[RoomName], answered: Answered) {
        let Answered { batch, present } = answered;
        let Some(position) = self.position() else { return };
        let covers_mine = self.rooms.borrow().iter().all(|room| rooms.contains(room));
        if !self.tabs.is_listening.get() {
            self.tabs.place.borrow_mut().miss(batch.cursor);
            return self.feed(Event::Hurry);
        }
        if !covers_mine || !self.tabs.place.borrow_mut().follows(position, from, batch.cursor) {
            return self.feed(Event::Suspended);
        }
        if let Some(present) = present {
            self.tell.emit(News::Present(present));
        }
        if batch.entries.is_empty() && batch.presence.is_none() {
            // To the machine this would be a server that lets polls go early.
            self.heard_leader(Some(Status::Live));
        } else {
            self.feed(Event::Answered(batch));
        }
    }
}
