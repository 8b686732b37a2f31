//! Holds the page's state, changes it by the pure reducer, and tells its follower. Yew has a hook for this, but tasks
//! that outlive a rendering need to look at the state, too, and effects should not wait for one.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo_timers::callback::Timeout;

use crate::state::{Action, State};

/// Hears of every change: the state before it and after it.
pub(super) type Follower = Box<dyn Fn(&State, &Rc<State>)>;

type Waiter = (Box<dyn Fn(&State) -> bool>, oneshot::Sender<()>);

/// A handle on the state. Clones share it.
#[derive(Clone)]
pub(super) struct Store(Rc<Inner>);

struct Inner {
    state: RefCell<Rc<State>>,
    follower: RefCell<Option<Rc<Follower>>>,
    /// Changes of which the follower has not heard.
    untold: RefCell<VecDeque<(Rc<State>, Rc<State>)>>,
    is_telling: Cell<bool>,
    waiters: RefCell<Vec<Waiter>>,
}

impl Store {
    /// A store that begins with this state.
    pub(super) fn new(state: State) -> Self {
        Self(Rc::new(Inner {
            state: RefCell::new(Rc::new(state)),
            follower: RefCell::default(),
            untold: RefCell::default(),
            is_telling: Cell::new(false),
            waiters: RefCell::default(),
        }))
    }

    /// The state as it is now.
    pub(super) fn state(&self) -> Rc<State> {
        Rc::clone(&self.0.state.borrow())
    }

    /// Sets the follower in place of the one before.
    pub(super) fn follow(&self, follower: Option<Follower>) {
        self.0.follower.replace(follower.map(Rc::new));
    }

    /// Applies an action. The follower hears of one change after the other, also when it makes the next itself.
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

    /// Waits until the state is as wanted.
    pub(super) async fn until(&self, is_so: impl Fn(&State) -> bool + 'static) {
        if !is_so(&self.state()) {
            let (send, reached) = oneshot::channel();
            self.0.waiters.borrow_mut().push((Box::new(is_so), send));
            // An error would mean that the store is gone, and with it whoever waits.
            let _ = reached.await;
        }
    }

    /// The same, but waits no longer than this.
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
            // A waiter that was dropped needs no answer.
            let _ = send.send(());
        }
    }
}
