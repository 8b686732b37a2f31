//! Drives the pure subscription machine with requests and timers: carries out its actions, one at a time, and reports
//! their outcome. Ends the outstanding action when dropped. While another tab leads, listens to that tab instead of
//! holding a poll. Makes no decisions about the connection itself.

mod actions;
mod listening;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use gloo_timers::callback::Timeout;
use holdline_shared::{AdaptiveWait, After, Cursor, Event, Moment, Next, RoomName, Status, Subscription};
use yew::Callback;

use super::followed::Followed;
use super::news::{News, Renew, Repair};
use super::tabs::{Role, TabMember};
use super::wakes::Wake;
use crate::api::{self, AbortOnDrop, Storage};
use crate::wire::tabs::TabMessage;

/// The storage key for how long the network path lets polls be held.
const HOLD: &str = "hold";

/// The time away after which a returning reader wants to know at once whether the connection still works.
const DOUBTFUL: Duration = Duration::from_secs(10);

/// The driver. Clones are handles to the same driver.
#[derive(Clone)]
pub(super) struct Driver(Rc<Inner>);

struct Inner {
    machine: RefCell<Option<Subscription>>,
    wanted: RefCell<Wanted>,
    tabs: TabMember,
    followed: RefCell<Followed>,
    listening: Cell<Option<Listening>>,
    /// Whether the leader last reported that it receives no response.
    is_leader_troubled: Cell<bool>,
    /// Whether the leader's last answer lacked rooms of this tab.
    is_unheard: Cell<bool>,
    /// Whether another tab has led since this one joined or led last.
    has_followed: Cell<bool>,
    storage: Storage,
    /// Number of the current action; results of earlier ones are dropped.
    turn: Cell<u64>,
    /// The last hold written to storage.
    hold: Cell<u64>,
    outstanding: RefCell<Option<(AbortOnDrop, Timeout)>>,
    /// The time since which the page has been hidden.
    hidden_since: Cell<Option<Moment>>,
    tell: Callback<News>,
    repair: Repair,
    renew: Renew,
}

/// A tab that listens to the leader in place of holding a poll.
#[derive(Clone, Copy)]
struct Listening {
    /// The silence after which the leader is presumed dead.
    patience: Duration,
}

/// The rooms that this tab wants polled, and where it shows the reader.
#[derive(Default, PartialEq, Eq)]
struct Wanted {
    rooms: Vec<RoomName>,
    here: Option<RoomName>,
}

impl Driver {
    /// Creates a driver that does nothing yet.
    pub(super) fn new(storage: Storage, tell: Callback<News>, repair: Repair, renew: Renew) -> Self {
        Self(Rc::new_cyclic(|weak: &Weak<Inner>| {
            let weak = weak.clone();
            let hear = Callback::from(move |event| {
                if let Some(inner) = weak.upgrade() {
                    inner.hear_tab(event);
                }
            });
            Inner {
                machine: RefCell::default(),
                wanted: RefCell::default(),
                tabs: TabMember::new(hear),
                followed: RefCell::default(),
                listening: Cell::default(),
                is_leader_troubled: Cell::default(),
                is_unheard: Cell::default(),
                has_followed: Cell::default(),
                storage,
                turn: Cell::default(),
                hold: Cell::default(),
                outstanding: RefCell::default(),
                hidden_since: Cell::default(),
                tell,
                repair,
                renew,
            }
        }))
    }

    /// Whether the subscription has begun.
    pub(super) fn is_started(&self) -> bool {
        self.0.machine.borrow().is_some()
    }

    /// The position up to which every entry has been received.
    pub(super) fn position(&self) -> Option<Cursor> {
        self.0.position()
    }

    /// Starts polling from this cursor.
    pub(super) fn start(&self, from: Cursor) {
        let inner = &self.0;
        let hold = inner.storage.get(HOLD).and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
        let machine = Subscription::with_wait(After::At(from), AdaptiveWait::from_secs(hold));
        inner.machine.replace(Some(machine));
        inner.tabs.join();
        inner.tell_wish();
        inner.poll_anew();
        if inner.tabs.role() == Role::Follower {
            // Whether the connection works is unknown until a tab polls.
            inner.feed(Event::Suspended);
        }
    }

    /// Polls these rooms from now on, and shows the reader as being in one of them.
    pub(super) fn want(&self, rooms: Vec<RoomName>, here: Option<RoomName>) {
        let inner = &self.0;
        let wanted = Wanted { rooms, here };
        if *inner.wanted.borrow() != wanted {
            inner.wanted.replace(wanted);
            inner.tell_wish();
            inner.poll_anew();
        }
    }

    /// Handles a reason not to wait.
    pub(super) fn wake(&self, wake: Wake) {
        let inner = &self.0;
        match wake {
            Wake::Online => inner.feed(Event::Online),
            Wake::Offline => {
                inner.feed(Event::Offline);
                // A held poll does not notice the loss; one that is answered at once shows whether the browser is
                // right.
                inner.feed(Event::Suspended);
            }
            Wake::Visible | Wake::Now => {
                if wake == Wake::Visible && inner.tabs.may_have_frozen_leader() {
                    inner.replace_leader();
                }
                // A page that returns after its goodbye has to send its wish again.
                inner.tell_wish();
                inner.tabs.say(&TabMessage::Wake);
                let hidden = inner.hidden_since.take().map(|since| api::now().saturating_sub(since));
                let may_have_slept = hidden.is_some_and(|time| time > DOUBTFUL);
                inner.feed(if may_have_slept { Event::Suspended } else { Event::Hurry });
            }
            Wake::NowElsewhere => inner.feed(Event::Hurry),
            Wake::Suspended => inner.feed(Event::Suspended),
            Wake::Discarded | Wake::Live => {}
            Wake::Attention if api::dom::is_visible() => {}
            Wake::Attention => inner.hidden_since.set(Some(api::now())),
        }
    }

    /// Handles a doubt about the connection: this tab checks it, and so does the leader, which holds the poll.
    pub(super) fn doubt(&self) {
        self.0.tabs.tell_doubt();
        self.0.check();
    }

    /// Stops the outstanding action; no more events arrive.
    pub(super) fn stop(&self) {
        self.0.machine.replace(None);
        self.0.next_turn();
        self.0.outstanding.replace(None);
        self.0.tabs.leave();
    }

    /// Tells the other tabs that this page is going away. The page may come back.
    pub(super) fn leave(&self) {
        self.0.tabs.say_goodbye();
    }
}

impl Inner {
    fn position(&self) -> Option<Cursor> {
        match self.machine.borrow().as_ref()?.after() {
            After::At(cursor) => Some(cursor),
            After::Now | After::Start => None,
        }
    }

    /// Sends a poll that is answered at once, if the connection counts as live: a held poll does not notice the loss of
    /// its connection.
    fn check(self: &Rc<Self>) {
        let is_live = self.machine.borrow().as_ref().is_some_and(|machine| *machine.status() == Status::Live);
        if is_live {
            self.feed(Event::Suspended);
        }
    }

    fn next_turn(&self) -> u64 {
        self.turn.set(self.turn.get() + 1);
        self.turn.get()
    }

    /// Tells the leader what to poll for this tab.
    fn tell_wish(&self) {
        let wanted = self.wanted.borrow();
        self.tabs.wish(&wanted.rooms, wanted.here.as_ref(), self.position());
    }

    fn rooms_to_poll(&self) -> Vec<RoomName> {
        self.tabs.rooms(&self.wanted.borrow().rooms, self.position())
    }

    fn rooms_to_be_in(&self) -> Vec<RoomName> {
        self.tabs.here(self.wanted.borrow().here.as_ref(), self.position())
    }

    /// Polls again with the current rooms, or stops if there are none.
    fn poll_anew(self: &Rc<Self>) {
        if self.rooms_to_poll().is_empty() {
            self.outstanding.replace(None);
        } else {
            self.feed(Event::Start);
        }
    }

    fn feed(self: &Rc<Self>, event: Event) {
        let before = self.position();
        let Some((step, status, hold)) = self.machine.borrow_mut().as_mut().map(|machine| {
            let before = machine.status().clone();
            let step = machine.step(event, api::now(), api::jitter());
            let status = machine.status();
            let status = (*status != before || *status == Status::Live).then(|| status.clone());
            (step, status, machine.adaptive_wait().as_secs())
        }) else {
            return;
        };
        if self.hold.replace(hold) != hold {
            self.storage.set(HOLD, &hold.to_string());
        }
        if before.map(|at| at.epoch) != self.position().map(|at| at.epoch) {
            // The rooms of this tab exist in the new log; wishes made for the old one no longer count.
            self.tell_wish();
        }
        if let Some(batch) = step.deliver {
            self.tell.emit(News::Batch(batch));
        }
        if let Some(status) = status {
            self.tabs.share_status(&status);
            self.tell.emit(News::Status(status));
        }
        if let Next::Do(action) = step.next {
            self.begin(action);
        }
    }
}
