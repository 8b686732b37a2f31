//! This tab among the tabs of its browser: one of them polls for all. If the browser has locks, a lock elects it.
//! Otherwise messages on the channel do: a tab that asks and receives no reply leads, and of two leaders the one with
//! the smaller id stays. If tabs cannot reach each other, each is alone. Holds no polls itself.

mod election;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use holdline_shared::{Batch, Cursor, RoomName, Status};
use yew::Callback;

use super::wishes::Wishes;
use crate::api::{self, Channel, Lock};
use crate::wire::tabs::{TabMessage, Wish};

/// The role of a tab among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Role {
    /// The tab is the only one, or cannot hear the others.
    #[default]
    Alone,
    /// The tab polls for all.
    Leader,
    /// The tab leaves polling to the leader.
    Follower,
}

/// An event among the tabs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TabEvent {
    /// This tab polls for all from now on.
    Leads,
    /// This tab no longer polls for all.
    Follows,
    /// Another tab polls for all from now on.
    NewLeader,
    /// The wishes of the other tabs have changed.
    WishesChanged,
    /// The reader of another tab does not want to wait.
    Hurried,
    /// Another tab has found that the connection may be dead.
    Doubted,
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

/// The membership of this tab among the others.
pub(super) struct TabMember(Rc<Inner>);

struct Inner {
    role: Cell<Role>,
    id: RefCell<String>,
    channel: RefCell<Option<Channel>>,
    lock: RefCell<Option<Lock>>,
    has_locks: Cell<bool>,
    /// The leading tab, tracked only where there are no locks.
    leader: RefCell<Option<String>>,
    election: RefCell<Option<Timeout>>,
    wishes: RefCell<Wishes>,
    tell: Callback<TabEvent>,
}

impl TabMember {
    /// Creates a tab that is alone until it joins the others.
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

    /// Joins the other tabs.
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
            inner.await_leader();
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

    /// Tells the others that this tab is going away.
    pub(super) fn say_goodbye(&self) {
        self.say(&TabMessage::Bye { tab: self.0.id.borrow().clone() });
    }

    /// The role of this tab among the others.
    pub(super) fn role(&self) -> Role {
        self.0.role.get()
    }

    /// Tells the leader what to poll for this tab, in the log that `position` belongs to.
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

    /// The rooms where the readers of all tabs are.
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

    /// Forgets what the other tabs want. Those that are awake say it again when an answer lacks their rooms.
    pub(super) fn forget_wishes(&self) {
        self.0.wishes.borrow_mut().clear();
    }

    /// Tells the leader that the connection may be dead.
    pub(super) fn tell_doubt(&self) {
        if self.role() == Role::Follower {
            self.say(&TabMessage::Doubt);
        }
    }

    /// Whether the leader may be a hidden tab that the browser has frozen. Browsers do not freeze a tab that holds a
    /// lock.
    pub(super) fn may_have_frozen_leader(&self) -> bool {
        self.role() == Role::Follower && !self.0.has_locks.get()
    }

    /// Takes over polling for all from a leader that cannot.
    pub(super) fn take_over(&self) {
        if self.0.has_locks.get() {
            self.0.request_lock(true);
        } else {
            self.0.lead(true);
        }
    }

    /// Sends a message to all other tabs.
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
            TabMessage::Doubt if role == Role::Leader => Some(TabEvent::Doubted),
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
}
