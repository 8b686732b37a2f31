//! The engine, running as long as the component that shows its state.

use std::rc::Rc;

use yew::prelude::*;

use crate::engine::Engine;
use crate::state::State;

/// The engine and its present state.
#[hook]
pub fn use_engine() -> (Engine, Rc<State>) {
    let engine = (*use_memo((), |()| Engine::restore())).clone();
    let state = use_state(|| engine.state());
    {
        let (engine, state) = (engine.clone(), state.setter());
        use_effect_with((), move |()| {
            let running = engine.start(Callback::from(move |now| state.set(now)));
            move || drop(running)
        });
    }
    (engine, Rc::clone(&state))
}
