//! Holds the page's state, changes it with the pure reducer, and notifies the follower. Yew has a hook for this, but
//! tasks that outlive a render need the state, too, and effects should not wait for a render.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo_timers::callback::Timeout;

use crate::state::{Action, State};

/// The callback for every change: receives the state before and after it.
pub(super) type Follower = Box<dyn Fn(&State, &Rc<State>)>;

type Waiter = (Box<dyn Fn(&State) -> bool>, oneshot::Sender<()>);

/// A handle to the state. Clones share it.
#[derive(Clone)]
pub(super) struct Store(Rc<Inner>);

struct Inner {
    state: RefCell<Rc<State>>,
    follower: RefCell<Option<Rc<Follower>>>,
    /// The changes that the follower has not received yet.
    untold: RefCell<VecDeque<(Rc<State>, Rc<State>)>>,
    is_telling: Cell<bool>,
    waiters: RefCell<Vec<Waiter>>,
}

impl Store {
    /// Creates a store with this state.
    pub(super) fn new(state: State) -> Self {
        Self(Rc::new(Inner {
            state: RefCell::new(Rc::new(state)),
            follower: RefCell::default(),
            untold: RefCell::default(),
            is_telling: Cell::new(false),
            waiters: RefCell::default(),
        }))
    }

    /// Returns the current state.
    pub(super) fn state(&self) -> Rc<State> {
        Rc::clone(&self.0.state.borrow())
    }

    /// Sets the follower in place of the previous one.
    pub(super) fn follow(&self, follower: Option<Follower>) {
        self.0.follower.replace(follower.map(Rc::new));
    }

    /// Applies an action. The follower receives changes one after the other, even if it dispatches the next one itself.
    pub(super) fn dispatch(&self, action: Action) {
        let before = self.state();
        let after = Rc::new(State::clone(&before).after(action));
        self.0.state.replace(Rc::clone(&after));
        self.0.untold.borrow_mut().push_back((before, after));
        if self.0.is_telling.replace(true) {
            return;
        }
        while let Some((before, after)) = self.next_untold() {
            let follower = self.0.follower.borrow().clone();
            if let Some(follower) = follower {
                follower(&before, &after);
            }
            self.wake_waiters(&after);
        }
        self.0.is_telling.set(false);
    }

    /// Waits until the state meets the condition.
    pub(super) async fn until(&self, is_so: impl Fn(&State) -> bool + 'static) {
        if !is_so(&self.state()) {
            let (send, reached) = oneshot::channel();
            self.0.waiters.borrow_mut().push((Box::new(is_so), send));
            // An error would mean that the store is gone, and with it whoever waits.
            let _ = reached.await;
        }
    }

    /// Waits until the state meets the condition, but no longer than this.
    pub(super) async fn until_or_after(&self, milliseconds: u32, is_so: impl Fn(&State) -> bool + 'static) {
        let is_late = Rc::new(Cell::new(false));
        let _patience = {
            let (store, is_late) = (self.clone(), Rc::clone(&is_late));
            Timeout::new(milliseconds, move || {
                is_late.set(true);
                store.wake_waiters(&store.state());
            })
        };
        self.until(move |state| is_late.get() || is_so(state)).await;
    }

    fn next_untold(&self) -> Option<(Rc<State>, Rc<State>)> {
        self.0.untold.borrow_mut().pop_front()
    }

    fn wake_waiters(&self, state: &State) {
        let mut waiters = self.0.waiters.borrow_mut();
        let reached: Vec<_> = waiters.extract_if(.., |(is_so, _)| is_so(state)).collect();
        drop(waiters);
        for (_, send) in reached {
            // A waiter that was dropped needs no notification.
            let _ = send.send(());
        }
    }
}
