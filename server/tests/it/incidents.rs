//! Incidents of other chats, as far as no other test shows that they cannot happen here. SECURITY.md names them all, each with
//! its test.

mod foreign_host;
mod takeover;
mod terminal;
