//! How a hub behaves.

use std::time::Duration;

use holdline_shared::limits::{ROOM_EXPIRY, WAIT_DEFAULT, WAIT_MAX};

use crate::log::Retention;

/// How the hub behaves. Begin with the default and set what is to be otherwise.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HubConfig {
    /// The hold that is offered to clients, and given to those who do not say.
    pub wait: Duration,
    /// The longest hold that is granted to those who ask for more.
    pub max_wait: Duration,
    /// How much memory the newest part of the log takes, in bytes: its JSON and what it takes to keep it.
    pub recent_bytes: usize,
    /// How long somebody is still here after their last poll.
    pub grace: Duration,
    /// Retention: which entries the log keeps.
    pub keep: Retention,
    /// How often retention runs.
    pub keep_every: Duration,
    /// How long a room without messages is kept after its newest entry. [`Duration::MAX`] is for ever.
    pub room_expiry: Duration,
    /// Polls held at once. Beyond this many, polls return after a second at most; beyond twice as many they are refused
    /// as overloaded. [`HubConfig::max_held_within`] chooses it for a number of connections.
    pub max_held: usize,
}

/// Connections that [`ServeConfig`](crate::ServeConfig) allows by default.
pub(crate) const MAX_CONNECTIONS: usize = 16_384;

impl HubConfig {
    /// The `max_held` that leaves, of as many connections as may be open, two fifths for polls that are held for as long
    /// as they ask, two fifths for polls that return sooner, and a fifth for those who are answered that the server is
    /// overloaded and for everything else: overload is answered before connections are refused.
    pub const fn max_held_within(max_connections: usize) -> usize {
        let held = max_connections / 5 * 2;
        if held == 0 { 1 } else { held }
    }
}

impl Default for HubConfig {
    /// 25 s, 120 s, 32 MiB, 15 s, for ever, a minute, a week, and what fits within the connections that are allowed by
    /// default.
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
