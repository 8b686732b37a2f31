//! The connection from a component to the engine.

use yew::prelude::*;

use crate::command::Command;

/// The callback that runs commands, as a context.
#[derive(Debug, Clone, PartialEq)]
pub struct Commands(pub Callback<Command>);

/// Returns the callback that runs commands. Outside an app, in tests of single components, it does nothing.
#[hook]
pub fn use_commands() -> Callback<Command> {
    use_context::<Commands>().map_or_else(Callback::noop, |Commands(run)| run)
}
