//! The way from a component to the engine.

use yew::prelude::*;

use crate::command::Command;

/// Runs commands, as a context.
#[derive(Debug, Clone, PartialEq)]
pub struct Commands(pub Callback<Command>);

/// Runs commands. Outside of an app, in tests of single components, they lead nowhere.
#[hook]
pub fn use_commands() -> Callback<Command> {
    use_context::<Commands>().map_or_else(Callback::noop, |Commands(run)| run)
}
