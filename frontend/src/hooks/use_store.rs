//! The page's state in a Yew reducer, readable also by tasks that outlive a rendering.

use std::ops::Deref;
use std::rc::Rc;

use yew::prelude::*;

use crate::state::{Action, Saved, State};

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(action))
    }
}

/// A handle on the state.
#[derive(Clone, Debug)]
pub struct Store(UseReducerHandle<State>);

impl Store {
    /// Something happened.
    pub fn dispatch(&self, action: Action) {
        self.0.dispatch(action);
    }

    /// Looks at the state as it is now, which may be newer than what was rendered.
    pub fn peek<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        // A clone, because a handle keeps every state alive that was read through it.
        look(&self.0.clone())
    }
}

impl Deref for Store {
    type Target = State;

    /// The state, for rendering.
    fn deref(&self) -> &State {
        &self.0
    }
}

/// The state, beginning with what storage had kept.
#[hook]
pub fn use_store(restore: impl FnOnce() -> Saved) -> Store {
    Store(use_reducer(|| State::restore(restore())))
}
