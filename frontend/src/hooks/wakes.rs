//! Reasons not to wait any longer: the network is back, the page is looked at, the reader says "now", the machine was
//! asleep. One place listens to the browser; tasks and the subscription listen here.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use yew::Callback;

use crate::api;

/// A reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// The browser says that there is a network again.
    Online,
    /// The browser says that there is none; no reason to wake, but to know.
    Offline,
    /// The page became visible.
    Visible,
    /// Nobody sees the page any more; no reason to wake, either.
    Hidden,
    /// The reader said "now".
    Now,
    /// The clock made a leap: the machine was asleep, and its connections are most likely dead.
    Leapt,
}

/// Where to listen.
#[derive(Clone, Default)]
pub struct Wakes(Rc<Listeners>);

#[derive(Default)]
struct Listeners {
    next: Cell<u32>,
    all: RefCell<Vec<(u32, Callback<Wake>)>>,
}

/// Listens until it is dropped.
pub struct Listening(Rc<Listeners>, u32);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.all.borrow_mut().retain(|(id, _)| *id != self.1);
    }
}

impl Wakes {
    /// Tells everyone.
    pub fn ring(&self, wake: Wake) {
        // A copy, because listeners come and go while they are told.
        let listeners: Vec<_> = self.0.all.borrow().iter().map(|(_, listener)| listener.clone()).collect();
        for listener in listeners {
            listener.emit(wake);
        }
    }

    /// Listens.
    pub fn listen(&self, listener: Callback<Wake>) -> Listening {
        let id = self.0.next.replace(self.0.next.get().wrapping_add(1));
        self.0.all.borrow_mut().push((id, listener));
        Listening(Rc::clone(&self.0), id)
    }

    /// Waits for so long, or until there is a reason not to.
    pub async fn pause(&self, time: Duration) {
        let (send, over) = api::once();
        let send = Rc::new(Cell::new(Some(send)));
        let end = move || {
            if let Some(send) = send.take() {
                send.give(());
            }
        };
        let _timer = Timeout::new(millis(time), end.clone());
        let _listening = self.listen(Callback::from(move |wake| {
            if !matches!(wake, Wake::Offline | Wake::Hidden) {
                end();
            }
        }));
        // The sender lives as long as the timer, so there is an end.
        over.await;
    }
}

/// How often we look at the clock.
const BEAT: Duration = Duration::from_secs(15);
/// A beat that is so late was late because nothing ran. Browsers slow the timers of hidden pages down to one a minute.
const LEAP: Duration = Duration::from_secs(90);

/// Listens to the browser until it is dropped.
pub(super) struct Ears(#[expect(dead_code, reason = "they listen")] (Vec<EventListener>, Interval));

impl Wakes {
    /// Begins to listen to the browser.
    pub(super) fn open_ears(&self) -> Ears {
        let wakes = self.clone();
        let last = Cell::new(api::wall_clock());
        let beat = Interval::new(millis(BEAT), move || {
            let now = api::wall_clock();
            let passed = Duration::from_millis(now.0.saturating_sub(last.replace(now).0));
            if passed > LEAP {
                wakes.ring(Wake::Leapt);
            }
        });
        Ears((browser_events(self), beat))
    }
}

fn browser_events(wakes: &Wakes) -> Vec<EventListener> {
    let listen = |target: &web_sys::EventTarget, name: &'static str, wake: fn() -> Wake| {
        let wakes = wakes.clone();
        EventListener::new(target, name, move |_| wakes.ring(wake()))
    };
    let Some(window) = web_sys::window() else { return Vec::new() };
    let mut listeners =
        vec![listen(&window, "online", || Wake::Online), listen(&window, "offline", || Wake::Offline)];
    if let Some(document) = window.document() {
        listeners.push(listen(&document, "visibilitychange", visibility));
    }
    listeners
}

fn visibility() -> Wake {
    if api::dom::is_visible() { Wake::Visible } else { Wake::Hidden }
}

/// For the browser's timers, which count in milliseconds and no further than 24 days.
pub(super) fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX).min(i32::MAX.unsigned_abs())
}
