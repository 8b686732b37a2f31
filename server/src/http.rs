//! The HTTP side: a router to be served alone or nested in somebody else's axum app, and everything it answers.

mod assets;
mod body;
mod caller;
mod change;
mod classic;
mod config;
mod cookies;
mod cursor_cookies;
mod events;
mod failure;
mod forwarded;
mod guard;
mod health;
mod history;
mod host;
mod identity;
mod ignored;
mod methods;
mod params;
mod poll;
mod publish;
mod reply;
mod room_limit;
mod rooms;
mod routes;
mod session;

use std::ops::Deref;
use std::sync::Arc;

use self::ignored::IgnoredHeaders;
use self::room_limit::RoomLimit;
use crate::hub::Hub;
use crate::session::Sessions;

pub(crate) use caller::{Caller, CallerHeaders, LastHost, Line};
pub use config::HttpConfig;
pub(crate) use guard::{HEAD_BYTES, PROTECTION};
pub use host::{Hosts, InvalidHost};
pub(crate) use poll::enter;
pub(crate) use publish::begin_to_publish;
pub(crate) use routes::routes;
pub use routes::{router, router_with};

/// Which build this is: the version, and a hash of the browser client that is embedded. Every answer says it in the header
/// `holdline-build`, so that an old page can offer to load itself again.
pub const BUILD: &str = env!("HOLDLINE_BUILD");

/// The state that every handler shares; cloned for each request.
#[derive(Clone)]
pub(crate) struct App(Arc<AppState>);

/// The parts of the state.
pub(crate) struct AppState {
    pub(crate) hub: Arc<Hub>,
    pub(crate) config: HttpConfig,
    sessions: Sessions,
    room_limit: RoomLimit,
    ignored: IgnoredHeaders,
}

impl App {
    /// Makes the state for a hub that is served. Each hub needs its own: limits are counted here.
    pub(crate) fn new(hub: Arc<Hub>, config: HttpConfig) -> Self {
        let sessions = Sessions::new(hub.log().secret());
        let room_limit = RoomLimit::new(&config);
        Self(Arc::new(AppState { hub, config, sessions, room_limit, ignored: IgnoredHeaders::default() }))
    }
}

impl Deref for App {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.0
    }
}
