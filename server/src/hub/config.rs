//! The configuration of a hub.

use std::time::Duration;

use holdline_shared::limits::{ROOM_EXPIRY, WAIT_DEFAULT, WAIT_MAX};

use crate::log::Retention;

/// The behaviour of a hub. Start from the default, and change the fields that matter.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HubConfig {
    /// The hold that is offered to clients, and used for polls that do not ask for one.
    pub wait: Duration,
    /// The longest hold; a poll that asks for more gets this.
    pub max_wait: Duration,
    /// The memory limit of cached entries, in bytes: their JSON and the overhead of keeping them.
    pub recent_bytes: usize,
    /// The time for which a person counts as present after their last poll.
    pub grace: Duration,
    /// The retention of the log's entries.
    pub keep: Retention,
    /// The period of retention.
    pub keep_every: Duration,
    /// The time for which a room without messages is kept after its newest entry. [`Duration::MAX`] is for
    /// ever.
    pub room_expiry: Duration,
    /// The number of polls held at once. Beyond this number, polls return after a second at most; beyond
    /// twice the number, they are refused as overloaded. [`HubConfig::max_held_within`] derives it from a
    /// number of connections.
    pub max_held: usize,
}

/// The number of connections that [`ServeConfig`](crate::ServeConfig) allows by default.
pub(crate) const MAX_CONNECTIONS: usize = 16_384;

impl HubConfig {
    /// The `max_held` that reserves two fifths of the connections for polls that are held as long as they
    /// ask, two fifths for polls that return sooner, and a fifth for refusals and all other requests, so that
    /// overload is answered before connections are refused.
    pub const fn max_held_within(max_connections: usize) -> usize {
        let held = max_connections / 5 * 2;
        if held == 0 { 1 } else { held }
    }
}

impl Default for HubConfig {
    /// 25 s, 120 s, 32 MiB, 15 s, for ever, a minute, a week, and as many polls as fit into the default
    /// number of connections.
    fn default() -> Self {
        Self {
            wait: WAIT_DEFAULT,
            max_wait: WAIT_MAX,
            recent_bytes: 32 << 20,
            grace: Duration::from_secs(15),
            keep: Retention::default(),
            keep_every: Duration::from_secs(60),
            room_expiry: ROOM_EXPIRY,
            max_held: Self::max_held_within(MAX_CONNECTIONS),
        }
    }
}
