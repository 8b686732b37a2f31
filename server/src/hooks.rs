//! Webhooks: messages that other programs post into a room, and a room's messages that are posted to other programs.
//!
//! * [`incoming`]: the payload of `POST /hooks/KEY`, as a message.
//! * `deliveries`: follows the log's entries, and finds the hooks that get each of them.
//! * `outgoing`: the deliveries of one hook, in order and with retries.
//!
//! Knows no requests: who may have a hook, and which one works, is decided in `access`.

#[cfg(feature = "outgoing-hooks")]
mod address_guard;
#[cfg(feature = "outgoing-hooks")]
mod client;
#[cfg(feature = "outgoing-hooks")]
mod deliveries;
#[cfg(feature = "outgoing-hooks")]
mod hook_url;
pub(crate) mod incoming;
#[cfg(feature = "outgoing-hooks")]
mod outgoing;
pub(crate) mod signature;
mod slack_text;

#[cfg(feature = "outgoing-hooks")]
pub(crate) use self::address_guard::AddressGuard;
#[cfg(feature = "outgoing-hooks")]
pub use self::address_guard::{HookHost, InvalidHookHost};
#[cfg(feature = "outgoing-hooks")]
pub(crate) use self::deliveries::Deliveries;
#[cfg(feature = "outgoing-hooks")]
pub(crate) use self::hook_url::{HookUrl, InvalidHookUrl};
