//! The cookie of a session, as answers set and clear it.

use bytes::Bytes;

use super::caller::{Site, session_cookie};
use super::reply::{Reply, SET_COOKIE};
use crate::access::SESSION_AGE;

/// The cookie of a token, which a browser forgets when the token ends.
pub(super) fn begin_cookie(site: &Site, token: &str) -> String {
    let seconds = SESSION_AGE.as_secs();
    format!("{}={token}; Max-Age={seconds}{}", session_cookie(site), attributes(site))
}

/// The cookie that clears the one of this name.
pub(super) fn end_cookie(site: &Site, name: &str) -> String {
    format!("{name}=; Max-Age=0{}", attributes(site))
}

/// An empty answer that clears the session's cookie.
pub(super) fn cleared(site: &Site) -> Reply {
    let reply = Reply { caching: None, ..Reply::new(204, None, Bytes::new()) };
    reply.with(SET_COOKIE, end_cookie(site, &session_cookie(site)))
}

/// The cookie's attributes: hidden from scripts, not sent with other sites' requests, and if it was set over
/// TLS, never sent in the clear.
fn attributes(site: &Site) -> String {
    format!("; Path={}; HttpOnly; SameSite=Lax{}", site.base, site.secure())
}
