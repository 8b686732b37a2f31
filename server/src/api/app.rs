//! The state that all operations share: one for each served hub, whichever transports serve it.

use std::ops::Deref;
use std::sync::Arc;

use super::config::HttpConfig;
use super::limits::Limiters;
use super::slow_hashes::SlowHashes;
use super::whereabouts::Whereabouts;
use crate::access::AccessHandle;
use crate::hub::Hub;
use crate::repeated_line::RepeatedLine;
use crate::session::Sessions;

/// The shared state; cloned for each request.
#[derive(Clone)]
pub(crate) struct App(Arc<AppState>);

/// The parts of the state.
pub(crate) struct AppState {
    pub(crate) hub: Arc<Hub>,
    pub(crate) config: HttpConfig,
    pub(super) sessions: Sessions,
    pub(super) access: AccessHandle,
    pub(super) hashes: SlowHashes,
    pub(super) limits: Limiters,
    pub(super) whereabouts: Whereabouts,
    /// The lock that is held while a direct room is looked for and made.
    pub(super) opening_direct: tokio::sync::Mutex<()>,
    /// The warning that headers of a proxy were ignored. Rate-limited, because anybody can send such headers.
    pub(super) ignored_headers: RepeatedLine,
    /// The warning that a proxy named no visitor.
    pub(super) unnamed_visitors: RepeatedLine,
    /// The warning that a proxy named two visitors.
    pub(super) contradictory_visitors: RepeatedLine,
}

impl App {
    /// Makes the state for a served hub. A hub must have only one: limits are counted here.
    pub(crate) fn new(hub: Arc<Hub>, config: HttpConfig) -> Self {
        let (sessions, access) = (Sessions::new(hub.log().secret()), hub.log().access());
        let (hashes, limits) = (SlowHashes::new(), Limiters::new(&config.limits, hub.metrics()));
        let (opening_direct, whereabouts) = (tokio::sync::Mutex::default(), Whereabouts::new());
        Self(Arc::new(AppState {
            hub,
            config,
            sessions,
            access,
            hashes,
            limits,
            whereabouts,
            opening_direct,
            ignored_headers: RepeatedLine::new(),
            unnamed_visitors: RepeatedLine::new(),
            contradictory_visitors: RepeatedLine::new(),
        }))
    }
}

impl AppState {
    /// The number of changes of access: what was found about a caller after it was read is good until it changes.
    pub(crate) fn access_revision(&self) -> u64 {
        self.access.revision()
    }
}

impl Deref for App {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.0
    }
}
