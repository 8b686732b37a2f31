//! Something that a component and its callbacks share. Yew's own `use_state` and `use_reducer` write out a dozen
//! functions for each type that they hold; this is one cell, and one way to draw anew.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use yew::functional::{UseForceUpdateHandle, use_force_update, use_mut_ref};
use yew::hook;

/// What is shared. Clones are handles on one and the same.
pub struct Shared<T> {
    value: Rc<RefCell<T>>,
    render: UseForceUpdateHandle,
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self { value: Rc::clone(&self.value), render: self.render.clone() }
    }
}

impl<T: PartialEq> Shared<T> {
    /// As it is now, also where what changed it last is not drawn yet.
    pub fn get(&self) -> Ref<'_, T> {
        self.value.borrow()
    }

    /// Makes it another, and draws the component anew if it is.
    pub fn set(&self, value: T) {
        if *self.value.borrow() != value {
            self.value.replace(value);
            self.render.force_update();
        }
    }
}

/// Something that begins like this.
#[hook]
pub fn use_shared<T: 'static>(begin: impl FnOnce() -> T) -> Shared<T> {
    Shared { value: use_mut_ref(begin), render: use_force_update() }
}
