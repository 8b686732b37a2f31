//! Holds the page's state, changes it by the pure reducer, and tells whoever follows it. Yew has a hook for this, but
//! tasks that outlive a rendering need to look at the state, too, and effects should not wait for one.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use crate::state::{Action, State};

/// Follows the state: what it was and what it is.
pub(super) type Follower = Box<dyn Fn(&State, &Rc<State>)>;

/// A handle on the state. Clones share it.
#[derive(Clone)]
pub struct Store(Rc<Inner>);

struct Inner {
    state: RefCell<Rc<State>>,
    followers: RefCell<Rc<Vec<Follower>>>,
    /// Changes of which the followers have not heard.
    untold: RefCell<VecDeque<(Rc<State>, Rc<State>)>>,
    is_telling: Cell<bool>,
}

impl Store {
    /// A store that begins with this state.
    pub fn new(state: State) -> Self {
        Self(Rc::new(Inner {
            state: RefCell::new(Rc::new(state)),
            followers: RefCell::default(),
            untold: RefCell::default(),
            is_telling: Cell::new(false),
        }))
    }

    /// The state as it is now.
    pub fn state(&self) -> Rc<State> {
        Rc::clone(&self.0.state.borrow())
    }

    /// Who follows from now on, in this order.
    pub(super) fn follow(&self, followers: Vec<Follower>) {
        *self.0.followers.borrow_mut() = Rc::new(followers);
    }

    /// Something happened. Followers hear of one change after the other, also when one of them makes the next.
    pub fn dispatch(&self, action: Action) {
        let before = self.state();
        let after = Rc::new(State::clone(&before).after(action));
        *self.0.state.borrow_mut() = Rc::clone(&after);
        self.0.untold.borrow_mut().push_back((before, after));
        if self.0.is_telling.replace(true) {
            return;
        }
        while let Some((before, after)) = self.next_untold() {
            let followers = Rc::clone(&self.0.followers.borrow());
            followers.iter().for_each(|follower| follower(&before, &after));
        }
        self.0.is_telling.set(false);
    }

    fn next_untold(&self) -> Option<(Rc<State>, Rc<State>)> {
        self.0.untold.borrow_mut().pop_front()
    }
}
