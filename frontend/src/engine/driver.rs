//! Drives the pure subscription machine with requests and timers: does what it says, tells it what came of that. At any
//! time one action is outstanding, and dropping the driver ends it. Where another tab polls for this one, a held poll is
//! replaced by listening to that tab. Decides nothing about the connection by itself.
//!
//! Long because polling and listening take turns in one outstanding action; apart, neither could be read alone.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::Duration;

use gloo_timers::callback::Timeout;
use holdline_shared::{
    Action, AdaptiveWait, After, Batch, Cursor, Event, Moment, Next, PollQuery, ProblemCode, RoomName,
    RoomSelection, Status, Subscription,
};
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use super::followed::Followed;
use super::news::{News, Renew, Repair};
use super::tabs::{Role, TabEvent, TabMember};
use super::wakes::Wake;
use crate::api::{self, AbortOnDrop, Fault, Signal, Storage};
use crate::wire::tabs::TabMessage;

/// The name under which storage keeps how long the path lets polls be held.
const HOLD: &str = "hold";

/// The time limit of a repair or a renewal.
const PATIENCE: Duration = Duration::from_secs(30);

/// The least time after the leader's own watchdog at which silence counts as its end.
const SLACK: Duration = Duration::from_secs(5);

/// The time for which a leader may say that it gets no answer until this tab tries by itself.
const TROUBLED: Duration = Duration::from_secs(4);

/// The absence after which a reader who comes back wants to see at once whether the connection is still there.
const DOUBTFUL: Duration = Duration::from_secs(10);

/// The driver. Clones are handles on one and the same.
#[derive(Clone)]
pub(super) struct Driver(Rc<Inner>);

struct Inner {
    machine: RefCell<Option<Subscription>>,
    wanted: RefCell<Wanted>,
    tabs: TabMember,
    followed: RefCell<Followed>,
    listening: Cell<Option<Listening>>,
    /// Whether the leader has said last that it gets no answer.
    is_leader_troubled: Cell<bool>,
    storage: Storage,
    /// Number of the current action; results of earlier ones are dropped.
    turn: Cell<u64>,
    /// The last hold that storage was told.
    hold: Cell<u64>,
    outstanding: RefCell<Option<(AbortOnDrop, Timeout)>>,
    /// The moment since when nobody sees the page.
    hidden_since: Cell<Option<Moment>>,
    tell: Callback<News>,
    repair: Repair,
    renew: Renew,
}

/// The rooms that this tab wants polled, and where it shows the reader.
#[derive(Default, PartialEq, Eq)]
struct Wanted {
    rooms: Vec<RoomName>,
    here: Option<RoomName>,
}

/// A tab that listens to the leader in place of holding a poll.
#[derive(Clone, Copy)]
struct Listening {
    /// A leader silent for this long is presumed dead.
    patience: Duration,
}

impl Driver {
    /// A driver that does nothing yet.
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

    /// The position up to which everything has been heard.
    pub(super) fn position(&self) -> Option<Cursor> {
        self.0.position()
    }

    /// Begins to poll, from this cursor on.
    pub(super) fn start(&self, from: Cursor) {
        let inner = &self.0;
        let hold = inner.storage.get(HOLD).and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
        let machine = Subscription::with_wait(After::At(from), AdaptiveWait::from_secs(hold));
        inner.machine.replace(Some(machine));
        inner.tabs.join();
        inner.tell_wish();
        inner.poll_anew();
        if inner.tabs.role() == Role::Follower {
            // Whether the line is there is not known before somebody polls.
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

    /// Hears of a reason not to wait.
    pub(super) fn wake(&self, wake: Wake) {
        let inner = &self.0;
        match wake {
            Wake::Online => inner.feed(Event::Online),
            Wake::Offline => {
                inner.feed(Event::Offline);
                // A held poll does not notice; one that is answered at once tells whether the browser is right.
                inner.feed(Event::Suspended);
            }
            Wake::Visible | Wake::Now => {
                // A page that comes back after it said goodbye asks again.
                inner.tell_wish();
                inner.tabs.say(&TabMessage::Wake);
                let hidden = inner.hidden_since.take().map(|since| api::now().saturating_sub(since));
                let may_have_slept = hidden.is_some_and(|time| time > DOUBTFUL);
                inner.feed(if may_have_slept { Event::Suspended } else { Event::Hurry });
            }
            Wake::NowElsewhere => inner.feed(Event::Hurry),
            Wake::Suspended => inner.feed(Event::Suspended),
            Wake::Attention if api::dom::is_visible() => {}
            Wake::Attention => inner.hidden_since.set(Some(api::now())),
        }
    }

    /// Ends what is outstanding; nothing more is heard.
    pub(super) fn stop(&self) {
        self.0.machine.replace(None);
        self.0.next_turn();
        self.0.outstanding.replace(None);
        self.0.tabs.leave();
    }

    /// Tells the other tabs that the page goes. It may come back.
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

    /// Polls anew, because what to poll has changed.
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
            // The rooms of this tab exist in the new log; what was wished in the old one does not count any more.
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

    fn begin(self: &Rc<Self>, action: Action) {
        self.next_turn();
        self.listening.set(None);
        if let Action::Poll { wait, watchdog, .. } = &action
            && !wait.is_zero()
            && self.tabs.role() == Role::Follower
        {
            return self.listen(*watchdog);
        }
        let guard = AbortOnDrop::new();
        let signal = guard.signal();
        let timer = match action {
            Action::Sleep(pause) => self.timer(pause, Event::Woke),
            Action::Poll { after, wait, watchdog, presence, memberships } => {
                let query = PollQuery {
                    rooms: RoomSelection::Named(self.rooms_to_poll()),
                    after,
                    wait: Some(wait),
                    here: self.rooms_to_be_in(),
                    presence,
                    memberships: Some(memberships),
                };
                self.spawn(poll(Rc::downgrade(self), query, watchdog, signal));
                self.timer(watchdog, Event::TimedOut)
            }
            Action::Repair => {
                let repair = (self.repair)(signal);
                self.spawn(async move { (repair.await.map_or_else(Event::from, Event::Repaired), None) });
                self.timer(PATIENCE, Event::TimedOut)
            }
            Action::RenewSession => {
                let renewed = (self.renew)();
                self.spawn(async move {
                    match renewed.await {
                        Ok(me) => (Event::Renewed, Some(News::SignedIn(me))),
                        Err(fault) => (fault.into(), None),
                    }
                });
                self.timer(PATIENCE, Event::TimedOut)
            }
        };
        self.outstanding.replace(Some((guard, timer)));
    }

    fn spawn(self: &Rc<Self>, action: impl Future<Output = (Event, Option<News>)> + 'static) {
        let finish = self.finish();
        spawn_local(async move {
            let (event, news) = action.await;
            finish(event, news);
        });
    }

    fn timer(self: &Rc<Self>, time: Duration, event: Event) -> Timeout {
        let finish = self.finish();
        Timeout::new(api::millis(time), move || finish(event, None))
    }

    /// Finishes the present action, unless that was replaced or nobody drives any more.
    fn finish(self: &Rc<Self>) -> impl FnOnce(Event, Option<News>) + 'static {
        let (inner, turn): (Weak<Self>, u64) = (Rc::downgrade(self), self.turn.get());
        move |event, news| {
            if let Some(inner) = inner.upgrade().filter(|inner| inner.turn.get() == turn) {
                if let Some(news) = news {
                    inner.tell.emit(news);
                }
                inner.feed(event);
            }
        }
    }

    /// Waits for the leader's answers in place of holding a poll, for as long as the leader would.
    fn listen(self: &Rc<Self>, watchdog: Duration) {
        if self.position().is_some_and(|at| self.followed.borrow_mut().must_catch_up(at)) {
            return self.feed(Event::Suspended);
        }
        if self.is_leader_troubled.take() {
            // This tab gets answers and the leader does not.
            return self.tabs.take_over();
        }
        // Not all at once: the first one says so to the others.
        let patience = watchdog + SLACK + api::jitter().fraction_of(SLACK);
        self.listening.set(Some(Listening { patience }));
        self.listen_for(patience, |inner| inner.tabs.take_over());
    }

    /// Calls `end` after `patience` without a word from the leader.
    fn listen_for(self: &Rc<Self>, patience: Duration, end: impl FnOnce(&Rc<Self>) + 'static) {
        let (inner, turn) = (Rc::downgrade(self), self.next_turn());
        let timer = Timeout::new(api::millis(patience), move || {
            if let Some(inner) = inner.upgrade().filter(|inner| inner.turn.get() == turn) {
                end(&inner);
            }
        });
        self.outstanding.replace(Some((AbortOnDrop::default(), timer)));
    }

    fn hear_tab(self: &Rc<Self>, event: TabEvent) {
        match event {
            TabEvent::Leads => {
                if self.listening.take().is_some() {
                    self.feed(Event::Suspended);
                }
            }
            TabEvent::Follows => {
                self.tell_wish();
                self.poll_anew();
            }
            TabEvent::WishesChanged => self.poll_anew(),
            TabEvent::NewLeader => {
                self.tell_wish();
                self.hear_leader();
            }
            TabEvent::Hurried => self.tell.emit(News::Hurried),
            TabEvent::Status(status) => self.hear_trouble(status),
            TabEvent::Answer { from, rooms, batch } => self.hear_answer(from, &rooms, batch),
        }
    }

    /// The leader is there, and gets answers.
    fn hear_leader(self: &Rc<Self>) {
        self.is_leader_troubled.set(false);
        if let Some(Listening { patience }) = self.listening.get() {
            self.listen_for(patience, |inner| inner.tabs.take_over());
        }
    }

    /// The leader gets no answer. Perhaps nobody does; perhaps only that tab.
    fn hear_trouble(self: &Rc<Self>, status: Status) {
        if self.listening.get().is_some() {
            self.tell.emit(News::Status(status));
            if !self.is_leader_troubled.replace(true) {
                self.listen_for(TROUBLED + api::jitter().fraction_of(TROUBLED), |inner| {
                    inner.feed(Event::Suspended);
                });
            }
        }
    }

    fn hear_answer(self: &Rc<Self>, from: Cursor, rooms: &[RoomName], batch: Batch) {
        let Some(position) = self.position() else { return };
        self.is_leader_troubled.set(false);
        let covers_mine = self.wanted.borrow().rooms.iter().all(|room| rooms.contains(room));
        if self.listening.get().is_none() {
            self.followed.borrow_mut().miss(batch.cursor);
            return self.feed(Event::Hurry);
        }
        if !covers_mine || !self.followed.borrow_mut().fits(position, from, batch.cursor) {
            return self.feed(Event::Suspended);
        }
        if batch.is_empty() {
            // To the machine this would be a server that lets polls go early.
            self.hear_leader();
            self.tell.emit(News::Status(Status::Live));
        } else {
            self.feed(Event::Answered(batch));
        }
    }
}

async fn poll(
    inner: Weak<Inner>,
    query: PollQuery,
    deadline: Duration,
    signal: Signal,
) -> (Event, Option<News>) {
    match api::poll(&query, deadline, &signal).await {
        Ok(batch) => {
            if let (Some(inner), After::At(from), RoomSelection::Named(rooms)) =
                (inner.upgrade(), query.after, query.rooms)
            {
                inner.tabs.share_answer(from, rooms, &batch);
            }
            (Event::Answered(batch), None)
        }
        Err(Fault::SignInNeeded) => (Fault::SignInNeeded.into(), Some(News::SignInNeeded)),
        Err(fault) if fault.code() == Some(ProblemCode::Banned) => {
            (fault.clone().into(), Some(News::ShutOut(fault)))
        }
        Err(fault) => (fault.with_missing_room_as_gap().into(), None),
    }
}
