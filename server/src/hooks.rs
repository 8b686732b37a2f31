//! Webhooks: messages that other programs post into a room, and a room's messages that are posted to other programs.
//!
//! * [`incoming`]: the payload of `POST /hooks/KEY`, as a message.
//! * [`outgoing`]: deliveries of a room's messages, in order and with retries.
//!
//! Knows neither the log nor requests: the operations in `api` decide who may have a hook, and which messages it gets.

#[cfg(feature = "outgoing-hooks")]
mod address_guard;
#[cfg(feature = "outgoing-hooks")]
mod client;
#[cfg(feature = "outgoing-hooks")]
mod hook_url;
pub(crate) mod incoming;
#[cfg(feature = "outgoing-hooks")]
pub(crate) mod outgoing;
mod signature;
mod slack_text;
