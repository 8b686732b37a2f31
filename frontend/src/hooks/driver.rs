//! Drives the pure subscription machine with fetch and timers: does what it says, tells it what came of that. At any
//! time one action is outstanding, and dropping the driver ends it. Decides nothing by itself. Where another tab polls
//! for this one, a held poll is one that hears from that tab: see `tabs`.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::time::Duration;

use gloo_timers::callback::Timeout;
use holdline_shared::{
    Action, AdaptiveWait, After, Batch, Cursor, Event, Here, Next, Person, PollQuery, Problem, ProblemCode,
    RoomName, RoomSelection, Status, Subscription,
};
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use super::tabs::{Role, Tabs};
use super::wakes::{Wake, millis};
use crate::api::{self, AbortOnDrop, Fault, Signal, Storage};
use crate::json::Answered;

/// What the page hears.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// The connection's status changed.
    Status(Status),
    /// Something arrived.
    Batch(Batch),
    /// Who is here, by room.
    Present(Vec<(RoomName, Here)>),
    /// There is another session.
    SignedIn(Person),
    /// Another tab has a reason not to wait.
    Hurried,
}

/// How to repair after a gap: reads history, shows it, and says at which cursor it was read.
pub type Repair = Rc<dyn Fn(Signal) -> Pin<Box<dyn Future<Output = Result<Cursor, Fault>>>>>;

/// The name under which storage keeps how long the path lets polls be held.
const HOLD: &str = "hold";

/// How long a repair or a renewal may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The driver. Clones are handles on one and the same.
#[derive(Clone)]
pub struct Driver(Rc<Inner>);

pub(super) struct Inner {
    machine: RefCell<Option<Subscription>>,
    pub(super) rooms: RefCell<Vec<RoomName>>,
    pub(super) here: RefCell<Option<RoomName>>,
    pub(super) tabs: Tabs,
    storage: Storage,
    /// Counts actions, so that late news of one that was replaced are known as such.
    turn: Cell<u64>,
    /// What is known of the path, as storage has it.
    hold: Cell<u64>,
    outstanding: RefCell<Option<(AbortOnDrop, Timeout)>>,
    pub(super) tell: Callback<News>,
    repair: Repair,
}

impl Driver {
    /// A driver that does nothing yet.
    pub fn new(storage: Storage, tell: Callback<News>, repair: Repair) -> Self {
        Self(Rc::new(Inner {
            machine: RefCell::default(),
            rooms: RefCell::default(),
            here: RefCell::default(),
            tabs: Tabs::default(),
            storage,
            turn: Cell::default(),
            hold: Cell::default(),
            outstanding: RefCell::default(),
            tell,
            repair,
        }))
    }

    /// Whether it has begun.
    pub fn is_started(&self) -> bool {
        self.0.machine.borrow().is_some()
    }

    /// Up to where everything has been heard.
    pub fn position(&self) -> Option<Cursor> {
        self.0.position()
    }

    /// Begins to poll, from this cursor on.
    pub fn start(&self, from: Cursor) {
        let hold = self.0.storage.get(HOLD).and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
        let machine = Subscription::with_wait(After::At(from), AdaptiveWait::from_secs(hold));
        *self.0.machine.borrow_mut() = Some(machine);
        self.0.meet_tabs();
        self.0.again();
        if self.0.tabs.role.get() == Role::Follower {
            // Whether the line is there is not known before somebody polls.
            self.0.feed(Event::Suspended);
        }
    }

    /// Which rooms to poll from now on, and in which of them I am here.
    pub fn ask(&self, rooms: Vec<RoomName>, here: Option<RoomName>) {
        let inner = &self.0;
        if *inner.rooms.borrow() != rooms || *inner.here.borrow() != here {
            *inner.rooms.borrow_mut() = rooms;
            *inner.here.borrow_mut() = here;
            inner.ask_leader();
            inner.again();
        }
    }

    /// There is a reason not to wait.
    pub fn wake(&self, wake: Wake) {
        self.0.forward(wake);
        match wake {
            Wake::Online => self.0.feed(Event::Online),
            Wake::Offline => self.0.feed(Event::Offline),
            Wake::Visible | Wake::Now => self.0.feed(Event::Hurry),
            Wake::Leapt => self.0.feed(Event::Suspended),
            Wake::Hidden => {}
        }
    }

    /// Ends what is outstanding; nothing more is heard.
    pub fn stop(&self) {
        self.0.machine.replace(None);
        self.0.turn.set(self.0.turn.get() + 1);
        self.0.outstanding.replace(None);
        self.0.leave_tabs();
    }

    /// The page goes, and may come back.
    pub fn leave(&self) {
        self.0.say_goodbye();
    }
}

impl Inner {
    pub(super) fn position(&self) -> Option<Cursor> {
        match self.machine.borrow().as_ref()?.after() {
            After::At(cursor) => Some(cursor),
            After::Now | After::Start => None,
        }
    }

    /// Polls anew, because what to poll has changed.
    pub(super) fn again(self: &Rc<Self>) {
        if self.rooms_to_poll().is_empty() {
            self.outstanding.replace(None);
        } else {
            self.feed(Event::Start);
        }
    }

    pub(super) fn feed(self: &Rc<Self>, event: Event) {
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
        if let Some(batch) = step.deliver {
            self.tell.emit(News::Batch(batch));
        }
        if let Some(status) = status {
            self.share_status(&status);
            self.tell.emit(News::Status(status));
        }
        if let Next::Do(action) = step.next {
            self.begin(action);
        }
    }

    fn begin(self: &Rc<Self>, action: Action) {
        self.turn.set(self.turn.get() + 1);
        self.tabs.is_listening.set(false);
        if let Action::Poll { wait, watchdog, .. } = &action
            && !wait.is_zero()
            && self.tabs.role.get() == Role::Follower
        {
            return self.listen(*watchdog);
        }
        let guard = AbortOnDrop::new();
        let signal = guard.signal();
        let timer = match action {
            Action::Sleep(pause) => self.timer(pause, Event::Woke),
            Action::Poll { after, wait, watchdog, presence } => {
                let query = PollQuery {
                    rooms: RoomSelection::Named(self.rooms_to_poll()),
                    after,
                    wait: Some(wait),
                    here: self.rooms_to_be_in(),
                    presence,
                };
                let inner = Rc::downgrade(self);
                self.spawn(async move {
                    match api::poll(&query, &signal).await {
                        Ok((Answered { batch, present }, text)) => {
                            if let Some(inner) = inner.upgrade() {
                                inner.share_answer(&query, &text);
                            }
                            (Event::Answered(batch), present.map(News::Present))
                        }
                        Err(fault) => (missing_room_is_a_gap(fault).into(), None),
                    }
                });
                self.timer(watchdog, Event::TimedOut)
            }
            Action::Repair => {
                let repair = (self.repair)(signal);
                self.spawn(async move { (repair.await.map_or_else(Event::from, Event::Repaired), None) });
                self.timer(PATIENCE, Event::TimedOut)
            }
            Action::RenewSession => {
                self.spawn(async {
                    match api::renew_session().await {
                        Ok(me) => (Event::Renewed, Some(News::SignedIn(me))),
                        Err(fault) => (fault.into(), None),
                    }
                });
                self.timer(PATIENCE, Event::TimedOut)
            }
        };
        self.outstanding.replace(Some((guard, timer)));
    }

    /// Replaces what is outstanding by hearing from another tab, until that has been silent for so long.
    pub(super) fn outlast(self: &Rc<Self>, patience: Duration, end: impl FnOnce(&Rc<Self>) + 'static) {
        let (inner, turn) = (Rc::downgrade(self), self.turn.get());
        let timer = Timeout::new(millis(patience), move || {
            if let Some(inner) = inner.upgrade().filter(|inner| inner.turn.get() == turn) {
                end(&inner);
            }
        });
        self.outstanding.replace(Some((AbortOnDrop::default(), timer)));
    }

    fn spawn(self: &Rc<Self>, action: impl Future<Output = (Event, Option<News>)> + 'static) {
        let end = self.end();
        spawn_local(async move {
            let (event, news) = action.await;
            end(event, news);
        });
    }

    fn timer(self: &Rc<Self>, time: Duration, event: Event) -> Timeout {
        let end = self.end();
        Timeout::new(millis(time), move || end(event, None))
    }

    /// What ends the present action, unless that was replaced or nobody drives any more.
    fn end(self: &Rc<Self>) -> impl FnOnce(Event, Option<News>) + 'static {
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
}

/// Rooms do not vanish from a log. One that does not exist any more belonged to another one, so what helps is the same
/// as after a gap: look which rooms there are, and read them.
fn missing_room_is_a_gap(fault: Fault) -> Fault {
    match fault {
        Fault::Refused { problem: Some(problem), .. } if problem.code == ProblemCode::UnknownRoom => {
            let (code, status) = (ProblemCode::Gap, ProblemCode::Gap.status());
            let problem = Some(Problem { code, status, ..problem });
            Fault::Refused { status, problem, retry_after: None }
        }
        other => other,
    }
}
