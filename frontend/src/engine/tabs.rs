//! This tab among the tabs of its browser: one of them polls for all. A lock elects it where the browser has locks, and
//! otherwise messages over the channel do: the tab that asks and hears nobody leads, and of two leaders the one with the
//! smaller id stays. Where tabs cannot hear each other, each is alone. Holds no polls itself.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use gloo_timers::callback::Timeout;
use holdline_shared::{Batch, Cursor, RoomName, Status};
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use super::wishes::Wishes;
use crate::api::{self, Channel, Lock};
use crate::wire::tabs::{TabMessage, Wish};

/// The part of a tab among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Role {
    /// The tab has no others, or cannot hear them.
    #[default]
    Alone,
    /// The tab polls for all.
    Leader,
    /// Another one polls for it.
    Follower,
}

/// An event among the tabs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TabEvent {
    /// This tab polls for all from now on.
    Leads,
    /// This tab does not poll for all any more.
    Follows,
    /// Another tab polls for all from now on.
    NewLeader,
    /// The other tabs want something else polled.
    WishesChanged,
    /// The reader of another tab does not want to wait.
    Hurried,
    /// The leader's connection is not live.
    Status(Status),
    /// The answer to the leader's poll.
    Answer {
        /// The cursor that was polled from.
        from: Cursor,
        /// The rooms that were polled.
        rooms: Vec<RoomName>,
        /// The answer.
        batch: Batch,
    },
}

/// The time that a tab which asks waits for a leader to answer. Messages arrive at hidden tabs, too.
const ELECTION: Duration = Duration::from_millis(400);

/// The membership of this tab among the others.
pub(super) struct TabMember(Rc<Inner>);

struct Inner {
    role: Cell<Role>,
    id: RefCell<String>,
    channel: RefCell<Option<Channel>>,
    lock: RefCell<Option<Lock>>,
    has_locks: Cell<bool>,
    /// The tab that leads, where there are no locks to tell.
    leader: RefCell<Option<String>>,
    election: RefCell<Option<Timeout>>,
    wishes: RefCell<Wishes>,
    tell: Callback<TabEvent>,
}

impl TabMember {
    /// A tab that is alone until it joins the others.
    pub(super) fn new(tell: Callback<TabEvent>) -> Self {
        Self(Rc::new(Inner {
            role: Cell::default(),
            id: RefCell::default(),
            channel: RefCell::default(),
            lock: RefCell::default(),
            has_locks: Cell::default(),
            leader: RefCell::default(),
            election: RefCell::default(),
            wishes: RefCell::default(),
            tell,
        }))
    }

    /// Looks for other tabs.
    pub(super) fn join(&self) {
        let inner = &self.0;
        let weak = Rc::downgrade(inner);
        let channel = Channel::open(&api::shared_name("tabs"), move |text| {
            if let (Some(inner), Some(message)) = (weak.upgrade(), TabMessage::read(text)) {
                inner.hear(message);
            }
        });
        let Some(channel) = channel else { return };
        inner.channel.replace(Some(channel));
        inner.id.replace(api::random_key().to_string());
        inner.role.set(Role::Follower);
        inner.has_locks.set(inner.request_lock(false));
        if !inner.has_locks.get() {
            inner.await_leader(ELECTION);
        }
    }

    /// Leaves the others.
    pub(super) fn leave(&self) {
        self.say_goodbye();
        self.0.role.set(Role::Alone);
        self.0.channel.take();
        self.0.lock.take();
        self.0.election.take();
    }

    /// Tells the others that this tab goes.
    pub(super) fn say_goodbye(&self) {
        self.say(&TabMessage::Bye { tab: self.0.id.borrow().clone() });
    }

    /// The part of this tab among the others.
    pub(super) fn role(&self) -> Role {
        self.0.role.get()
    }

    /// Tells the leader what to poll for this tab, of the log in which `position` lies.
    pub(super) fn wish(&self, rooms: &[RoomName], here: Option<&RoomName>, position: Option<Cursor>) {
        if self.role() == Role::Follower {
            let (tab, rooms, here) = (self.0.id.borrow().clone(), rooms.to_vec(), here.cloned());
            self.say(&TabMessage::Ask(Wish { tab, rooms, here, of_log: position }));
        }
    }

    /// The rooms to poll for all tabs, `mine` among them.
    pub(super) fn rooms(&self, mine: &[RoomName], position: Option<Cursor>) -> Vec<RoomName> {
        self.0.wishes.borrow().rooms(mine, position)
    }

    /// The rooms in which the readers of all tabs are.
    pub(super) fn here(&self, mine: Option<&RoomName>, position: Option<Cursor>) -> Vec<RoomName> {
        self.0.wishes.borrow().here(mine, position)
    }

    /// Shares a status that is not live, if this tab leads.
    pub(super) fn share_status(&self, status: &Status) {
        if self.role() == Role::Leader
            && let Some(message) = TabMessage::of_status(status, api::now())
        {
            self.say(&message);
        }
    }

    /// Shares the answer to a poll, if this tab leads.
    pub(super) fn share_answer(&self, from: Cursor, rooms: Vec<RoomName>, batch: &Batch) {
        if self.role() == Role::Leader {
            self.say(&TabMessage::batch(from, rooms, batch.clone()));
        }
    }

    /// Polls for all from now on, in place of a leader that cannot.
    pub(super) fn take_over(&self) {
        if self.0.has_locks.get() {
            self.0.request_lock(true);
        } else {
            self.0.lead(true);
        }
    }

    /// Tells all others.
    pub(super) fn say(&self, message: &TabMessage) {
        self.0.say(message);
    }
}

impl Inner {
    fn say(&self, message: &TabMessage) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.post(&message.write());
        }
    }

    /// Requests the lock that the leader holds; whether there are locks. With `steal` the leader is deposed.
    fn request_lock(self: &Rc<Self>, steal: bool) -> bool {
        let Some(request) = api::request_lock(&api::shared_name("poll"), steal) else { return false };
        let (granted, over) = (Rc::downgrade(self), Rc::downgrade(self));
        spawn_local(async move {
            if let (Ok(lock), Some(inner)) = (request.granted.await, granted.upgrade()) {
                inner.lock.replace(Some(lock));
                inner.lead(false);
            }
        });
        spawn_local(async move {
            // An error, too, says no more than that the request is over.
            let _ = request.over.await;
            if let Some(inner) = over.upgrade() {
                inner.lose_lock(steal);
            }
        });
        true
    }

    fn lose_lock(self: &Rc<Self>, was_stolen_before: bool) {
        if self.channel.borrow().is_none() {
            return;
        }
        match self.role.get() {
            Role::Leader => {
                // A tab that steals had requested the lock before, and is still in the queue.
                if !was_stolen_before {
                    self.request_lock(false);
                }
                self.step_down();
            }
            // The lock was never granted, so nobody may have it.
            Role::Follower if !was_stolen_before => {
                self.role.set(Role::Alone);
                self.tell.emit(TabEvent::Follows);
            }
            _ => {}
        }
    }

    fn lead(&self, deposes: bool) {
        self.election.take();
        self.role.set(Role::Leader);
        self.wishes.take();
        let tab = self.id.borrow().clone();
        self.leader.replace(Some(tab.clone()));
        self.say(&TabMessage::Lead { tab, deposes });
        self.tell.emit(TabEvent::Leads);
    }

    fn step_down(&self) {
        self.role.set(Role::Follower);
        self.wishes.take();
        self.tell.emit(TabEvent::Follows);
    }

    /// Leads unless a leader is heard of within `patience`.
    fn await_leader(self: &Rc<Self>, patience: Duration) {
        let weak: Weak<Self> = Rc::downgrade(self);
        let patience = patience + api::jitter().fraction_of(patience);
        self.leader.replace(None);
        self.election.replace(Some(Timeout::new(api::millis(patience), move || {
            if let Some(inner) = weak.upgrade() {
                inner.lead(false);
            }
        })));
    }

    fn hear(self: &Rc<Self>, message: TabMessage) {
        if !self.has_locks.get() {
            self.take_part_in_election(&message);
        }
        let role = self.role.get();
        let event = match message {
            TabMessage::Ask(wish) if role == Role::Leader => self.change_wishes(|wishes| wishes.put(wish)),
            TabMessage::Bye { tab } if role == Role::Leader => {
                self.change_wishes(|wishes| wishes.remove(&tab))
            }
            TabMessage::Lead { .. } if role == Role::Follower => Some(TabEvent::NewLeader),
            TabMessage::Wake => Some(TabEvent::Hurried),
            TabMessage::Batch { from, rooms, batch, .. } if role == Role::Follower => {
                Some(TabEvent::Answer { from, rooms, batch })
            }
            message if role == Role::Follower => message.status(api::now()).map(TabEvent::Status),
            _ => None,
        };
        if let Some(event) = event {
            self.tell.emit(event);
        }
    }

    fn change_wishes(&self, change: impl FnOnce(&mut Wishes)) -> Option<TabEvent> {
        let before = self.wishes.borrow().clone();
        change(&mut self.wishes.borrow_mut());
        (*self.wishes.borrow() != before).then_some(TabEvent::WishesChanged)
    }

    fn take_part_in_election(self: &Rc<Self>, message: &TabMessage) {
        let is_leader = self.role.get() == Role::Leader;
        match message {
            TabMessage::Lead { tab, deposes } if is_leader => {
                if *deposes || *tab < *self.id.borrow() {
                    self.leader.replace(Some(tab.clone()));
                    self.step_down();
                } else {
                    self.lead(false);
                }
            }
            TabMessage::Lead { tab, .. } => {
                self.election.take();
                self.leader.replace(Some(tab.clone()));
            }
            TabMessage::Ask(wish) if is_leader && !self.wishes.borrow().has(&wish.tab) => {
                let tab = self.id.borrow().clone();
                self.say(&TabMessage::Lead { tab, deposes: false });
            }
            TabMessage::Batch { .. } if !is_leader => drop(self.election.take()),
            TabMessage::Bye { tab } if self.leader.borrow().as_ref() == Some(tab) => {
                self.await_leader(ELECTION);
            }
            _ => {}
        }
    }
}
