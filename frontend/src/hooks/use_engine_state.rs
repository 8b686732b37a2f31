//! The state of the engine, for the component that shows it.

use std::rc::Rc;

use yew::prelude::*;

use crate::engine::Engine;
use crate::state::State;

/// Returns the current state, and renders again when it changes.
#[hook]
pub fn use_engine_state(engine: &Engine) -> Rc<State> {
    let state = use_state(|| engine.state());
    {
        let (engine, drawn, setter) = (engine.clone(), Rc::clone(&state), state.setter());
        use_effect_with((), move |()| {
            if !Rc::ptr_eq(&drawn, &engine.state()) {
                setter.set(engine.state());
            }
            engine.show_in(Callback::from(move |now| setter.set(now)));
            move || engine.show_in(Callback::noop())
        });
    }
    Rc::clone(&state)
}
