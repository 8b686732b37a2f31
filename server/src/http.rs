//! The HTTP side: a router to be served alone or nested in somebody else's axum app, and everything it answers.

mod assets;
mod base;
mod body;
mod change;
mod classic;
mod events;
mod failure;
mod health;
mod history;
mod identity;
mod params;
mod poll;
mod publish;
mod reply;
mod rooms;
mod routes;
mod session;

use std::sync::Arc;

use crate::hub::Hub;
use crate::session::Sessions;

pub(crate) use poll::visit;
pub(crate) use publish::begin_to_publish;
pub use routes::router;

/// What every handler has at hand.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) hub: Arc<Hub>,
    sessions: Sessions,
}

impl App {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        let sessions = Sessions::new(hub.log().secret());
        Self { hub, sessions }
    }
}
