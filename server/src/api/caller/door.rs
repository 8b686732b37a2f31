//! The answer to strangers at each door.

use holdline_shared::Door;

/// The way in, for a caller without a session.
pub(super) fn way_in(door: Door) -> &'static str {
    match door {
        Door::Open => "this needs a session: POST to /api/v1/session, then send its token or cookie",
        Door::Password => {
            "this server asks for its password (door: password): POST it with a nickname to /api/v1/session, or sign in \
             at /api/v1/sign-in"
        }
        Door::Invite => {
            "this server is for those who were invited (door: invite): open the link that you were sent, or sign in at \
             /api/v1/sign-in"
        }
        Door::Proxy => {
            "this server lets its proxy say who you are (door: proxy): open it through the proxy, whose login gives you a \
             session at /api/v1/session"
        }
    }
}
