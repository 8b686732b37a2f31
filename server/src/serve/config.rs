//! The limits and time-outs of connections. Serves nothing.

use std::sync::Arc;
use std::time::Duration;

use super::admin_socket::AdminSocket;
use crate::api::HttpConfig;
use crate::hub::MAX_CONNECTIONS;

/// The limits and time-outs of connections. Start from the default, and change the fields that matter.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServeConfig {
    /// The number of connections at once; further clients are told to retry, and closed.
    pub max_connections: usize,
    /// The time for a request's head after its first byte.
    pub head_timeout: Duration,
    /// The time after which an idle connection is closed. Longer than the 60 to 75 s for which proxies keep
    /// idle connections, so that a proxy never sends a request on a connection that is being closed.
    pub idle_timeout: Duration,
    /// The window of the stall rule: a client that takes less than [`STALL_BYTES`] of an answer in this time
    /// is cut off.
    pub stall_timeout: Duration,
    /// The time after which requests that still run at a stop are cut.
    pub stop_timeout: Duration,
    /// The number of event loops, each a thread; `None` means one for each core. With zero, polls are served
    /// like all other requests.
    pub event_loops: Option<usize>,
    /// The socket on which the owner of the log is served.
    pub admin_socket: Option<Arc<AdminSocket>>,
    /// Host names, proxies and limits, for [`serve`](crate::serve); an app that mounts the router passes them
    /// to it.
    pub http: HttpConfig,
}

impl Default for ServeConfig {
    /// 16,384 connections; 60 s for a head, 120 s idle, 60 s for a window of an answer, 5 s to stop; an event
    /// loop for each core; no admin socket.
    fn default() -> Self {
        Self {
            max_connections: MAX_CONNECTIONS,
            head_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(120),
            stall_timeout: Duration::from_secs(60),
            stop_timeout: Duration::from_secs(5),
            event_loops: None,
            admin_socket: None,
            http: HttpConfig::default(),
        }
    }
}

/// The number of bytes of an answer that a client has to take within [`ServeConfig::stall_timeout`], unless
/// fewer are left. The kernel reports progress in steps of up to 64 KiB. So with a window of a minute, a
/// client that takes a kilobyte a second is never cut off: any connection that can load the page is faster. A
/// client that takes a kilobyte a minute is always cut off.
pub const STALL_BYTES: usize = 4 * 1024;
