//! How connections are treated: limits and times. Serves nothing.

use std::time::Duration;

use crate::api::HttpConfig;
use crate::hub::MAX_CONNECTIONS;

/// How to treat connections. Begin with the default and set what is to be otherwise.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServeConfig {
    /// Connections at once; further ones are told to come back and closed.
    pub max_connections: usize,
    /// How long a client may take for a request's head once its first byte has come.
    pub head_timeout: Duration,
    /// How long a connection is kept on which nothing is asked. Longer than the 60 to 75 s for which proxies keep theirs
    /// for the next request, so that a proxy never sends one on a connection that is being closed.
    pub idle_timeout: Duration,
    /// A client that takes less than [`STALL_BYTES`] of an answer in this time is cut off.
    pub stall_timeout: Duration,
    /// How long after the stop requests may still take before they are cut.
    pub stop_timeout: Duration,
    /// Threads that hold polls; `None` is one for each core. With none at all these requests are served like
    /// every other.
    pub event_loops: Option<usize>,
    /// Host names, proxies and limits, for [`serve`](crate::serve); an app that mounts the router gives them to it.
    pub http: HttpConfig,
}

impl Default for ServeConfig {
    /// 16,384 connections; 60 s for a head, 120 s idle, 60 s for a part of an answer, 5 s to stop; one event loop for each
    /// core.
    fn default() -> Self {
        Self {
            max_connections: MAX_CONNECTIONS,
            head_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(120),
            stall_timeout: Duration::from_secs(60),
            stop_timeout: Duration::from_secs(5),
            event_loops: None,
            http: HttpConfig::default(),
        }
    }
}

/// The bytes of an answer that a client has to take within [`ServeConfig::stall_timeout`], unless fewer are left. The
/// kernel reports progress in steps of up to 64 KiB. So with a minute a client that takes a kilobyte a second is never
/// cut off: any connection on which the page can be loaded carries more. A client that takes a kilobyte a minute always
/// is.
pub const STALL_BYTES: usize = 4 * 1024;
