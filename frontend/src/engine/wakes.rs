//! Reasons to stop waiting: the network is back, the page is visible, the reader chose "try now", the machine was
//! asleep. Listens to the browser for all tasks and for the subscription.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_channel::oneshot;
use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use yew::Callback;

use crate::api;

/// A reason to stop waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wake {
    /// The browser says that there is a network again.
    Online,
    /// The browser says that there is no network; a reason to check the connection, and not to end a pause.
    Offline,
    /// The page became visible.
    Visible,
    /// The page was hidden, or its window gained or lost the focus; no reason to end a pause, either.
    Attention,
    /// The reader does not want to wait.
    Now,
    /// Another tab's reader does not want to wait.
    NowElsewhere,
    /// The message that was to be sent next was discarded, so nothing has to wait for it.
    Discarded,
    /// The poll is live again after an absence, so other requests may succeed, too.
    Live,
    /// The clock jumped: the machine was asleep, and its connections are most likely dead.
    Suspended,
}

impl Wake {
    fn ends_pauses(self) -> bool {
        !matches!(self, Self::Offline | Self::Attention)
    }
}

/// The source of wake events.
#[derive(Clone, Default)]
pub(super) struct Wakes(Rc<Listeners>);

#[derive(Default)]
struct Listeners {
    next: Cell<u32>,
    all: RefCell<Vec<(u32, Callback<Wake>)>>,
}

/// A registered listener, until it is dropped.
pub(super) struct Listening(Rc<Listeners>, u32);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.all.borrow_mut().retain(|(id, _)| *id != self.1);
    }
}

impl Wakes {
    /// Notifies all listeners.
    pub(super) fn ring(&self, wake: Wake) {
        // A copy, because listeners come and go meanwhile.
        let listeners: Vec<_> = self.0.all.borrow().iter().map(|(_, listener)| listener.clone()).collect();
        for listener in listeners {
            listener.emit(wake);
        }
    }

    /// Registers a listener.
    pub(super) fn listen(&self, listener: Callback<Wake>) -> Listening {
        let id = self.0.next.replace(self.0.next.get().wrapping_add(1));
        self.0.all.borrow_mut().push((id, listener));
        Listening(Rc::clone(&self.0), id)
    }

    /// Waits for this time, or until there is a reason to stop.
    pub(super) async fn pause(&self, time: Duration) {
        let (send, over) = oneshot::channel();
        let send = Rc::new(Cell::new(Some(send)));
        let end = move || {
            if let Some(send) = send.take() {
                // The receiver is gone if nobody waits any more.
                let _ = send.send(());
            }
        };
        let _timer = Timeout::new(api::millis(time), end.clone());
        let _listening = self.listen(Callback::from(move |wake: Wake| {
            if wake.ends_pauses() {
                end();
            }
        }));
        // The sender lives as long as the timer, so there is an end.
        let _ = over.await;
    }
}

/// The interval of the clock checks.
const BEAT: Duration = Duration::from_secs(15);

/// The lateness of a beat from which the machine counts as suspended. Browsers slow the timers of hidden pages down to
/// one a minute.
const LEAP: Duration = Duration::from_secs(90);

/// The listeners on the browser, until this is dropped.
pub(super) struct BrowserEvents(#[expect(dead_code, reason = "they listen")] (Vec<EventListener>, Interval));

impl Wakes {
    /// Starts listening to the browser.
    pub(super) fn listen_to_browser(&self) -> BrowserEvents {
        let wakes = self.clone();
        let last = Cell::new(api::wall_clock());
        let beat = Interval::new(api::millis(BEAT), move || {
            let now = api::wall_clock();
            let passed = Duration::from_millis(now.0.saturating_sub(last.replace(now).0));
            if passed > LEAP {
                wakes.ring(Wake::Suspended);
            }
        });
        BrowserEvents((browser_events(self), beat))
    }
}

fn browser_events(wakes: &Wakes) -> Vec<EventListener> {
    let listen = |target: &web_sys::EventTarget, name: &'static str, wake: fn() -> Wake| {
        let wakes = wakes.clone();
        EventListener::new(target, name, move |_| wakes.ring(wake()))
    };
    let Some(window) = web_sys::window() else { return Vec::new() };
    let mut listeners = vec![
        listen(&window, "online", || Wake::Online),
        listen(&window, "offline", || Wake::Offline),
        listen(&window, "focus", || Wake::Attention),
        listen(&window, "blur", || Wake::Attention),
        // Restored from the back/forward cache, with its connections cut.
        listen(&window, "pageshow", || Wake::Visible),
    ];
    if let Some(document) = window.document() {
        listeners.push(listen(&document, "visibilitychange", visibility));
    }
    listeners
}

fn visibility() -> Wake {
    if api::dom::is_visible() { Wake::Visible } else { Wake::Attention }
}
