//! Draws a page that opens: what the first answers bring is drawn together. One after the other, each of them would have a slow
//! phone draw the whole page.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use yew::Callback;

use super::store::Store;
use crate::state::{Page, Phase, State};

/// The longest time for which the first answers are waited for. They mostly are there before the client.
const PATIENCE_MS: u32 = 200;

/// The drawing of the page, from its opening on.
pub(super) struct Opening {
    render: Callback<Rc<State>>,
    /// Whether the page of the address was drawn, as empty as it is.
    has_begun: Cell<bool>,
    is_over: Rc<Cell<bool>>,
    _patience: Timeout,
}

impl Opening {
    /// Waits for the first answers.
    pub(super) fn new(store: &Store, render: Callback<Rc<State>>) -> Self {
        let is_over = Rc::new(Cell::new(false));
        let patience = {
            let (store, render, is_over) = (store.clone(), render.clone(), Rc::clone(&is_over));
            Timeout::new(PATIENCE_MS, move || {
                if !is_over.replace(true) {
                    render.emit(store.state());
                }
            })
        };
        Self { render, has_begun: Cell::new(false), is_over, _patience: patience }
    }

    /// Draws a state, unless the page still opens and its beginning was drawn.
    pub(super) fn show(&self, state: &Rc<State>) {
        let is_over = self.is_over.get() || has_opened(state);
        self.is_over.set(is_over);
        let begins = state.ui.page != Page::Unread && !self.has_begun.replace(true);
        if is_over || begins {
            self.render.emit(Rc::clone(state));
        }
    }
}

/// Whether there is what the reader came for: a room with its messages, or the reason why it is not there.
fn has_opened(state: &State) -> bool {
    let is_answered = |phase: &Phase| matches!(phase, Phase::Ready | Phase::Refused(_));
    match (&state.ui.page, state.room()) {
        _ if state.session.gate.is_some() => true,
        (Page::Unread, _) => false,
        (_, Some(room)) => is_answered(&room.phase) && state.session.me.is_some(),
        (_, None) => true,
    }
}
