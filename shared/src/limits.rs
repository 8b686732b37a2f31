//! The limits of the protocol, each with its unit and its reason. Some server flags set stricter ones.

use std::time::Duration;

/// Longest room name, in graphemes: two lines of a phone's title bar.
pub const ROOM_GRAPHEMES: usize = 64;
/// Longest room name, in bytes of UTF-8.
pub const ROOM_BYTES: usize = 128;
/// Longest nickname, in graphemes.
pub const NICKNAME_GRAPHEMES: usize = 32;
/// Longest nickname, in bytes of UTF-8.
pub const NICKNAME_BYTES: usize = 128;
/// Longest message, in graphemes: two typed pages.
pub const TEXT_GRAPHEMES: usize = 4_000;
/// Longest message, in bytes of UTF-8.
pub const TEXT_BYTES: usize = 16 * 1024;
/// Longest room topic, in graphemes.
pub const TOPIC_GRAPHEMES: usize = 200;
/// Longest room topic, in bytes of UTF-8.
pub const TOPIC_BYTES: usize = 800;
/// Longest reaction, in bytes: the longest emoji sequence of Unicode 16 (a family with skin tones) has 41.
pub const EMOJI_BYTES: usize = 48;
/// Maximum number of different emoji on one message.
pub const EMOJI_PER_MESSAGE: usize = 32;
/// Maximum number of people listed for a reaction, the earliest first; the count stays exact. Ten names fill a tooltip.
pub const REACTORS_LISTED: usize = 10;
/// Maximum number of edits of one message; after that the author is told to write a new message.
pub const EDITS_PER_MESSAGE: usize = 200;
/// Maximum number of consecutive combining marks in a name; more is "zalgo" text that paints over its neighbours.
pub const MARKS_IN_A_ROW: usize = 4;
/// Maximum number of rooms named in one poll; clients that want more use `room=*`.
pub const ROOMS_PER_POLL: usize = 50;
/// Maximum number of rooms in one deployment, so that the list and the hub stay bounded.
pub const ROOMS: usize = 100_000;
/// The longest slow mode of a room, in seconds.
pub const SLOW_SECONDS: u32 = 6 * 3600;
/// The time for which a room without messages is kept after its newest entry: long enough for rooms that were
/// prepared in advance.
pub const ROOM_EXPIRY: Duration = Duration::from_secs(7 * 24 * 3600);
/// Maximum number of rooms that one `GET /rooms` lists, the most recently active first.
pub const ROOMS_LISTED: usize = 500;
/// Number of messages in a page of history when the request does not set `limit`.
pub const HISTORY_DEFAULT: usize = 50;
/// Maximum number of messages in a page of history.
pub const HISTORY_MAX: usize = 200;
/// Size in bytes at which a page of history is closed, whatever its number of messages; the next page has the rest.
pub const HISTORY_BYTES: usize = 512 * 1024;
/// Maximum number of entries in one batch; a client that is further behind polls again at once.
pub const BATCH_ENTRIES: usize = 500;
/// Size in bytes at which a batch is closed, whatever its number of entries.
pub const BATCH_BYTES: usize = 256 * 1024;
/// Longest request body, in bytes: the longest message with every character escaped (`\u0000` form) and its frame.
pub const BODY_BYTES: usize = 128 * 1024;
/// The hold of a poll without `wait`: below 30 s, the shortest time-out that proxies commonly have.
pub const WAIT_DEFAULT: Duration = Duration::from_secs(25);
/// The longest hold that a server grants by default.
pub const WAIT_MAX: Duration = Duration::from_secs(120);
/// Maximum number of people listed by name in one room's presence; the count stays exact.
pub const PEOPLE_LISTED: usize = 100;
/// Longest `presence` tag that a poll may send back, in bytes; it is kept as long as the poll is held.
pub const PRESENCE_TAG_BYTES: usize = 200;
