//! The reasons why a caller has no session, and the refusal for each.

use holdline_shared::{Door, ProblemCode};

use super::{door, tokens};
use crate::api::error::ApiError;
use crate::session::InvalidSession;

/// The reason why a caller has no session.
#[derive(Debug, Clone, Copy)]
pub(super) enum NoSession {
    /// No session was sent, at this door.
    Stranger(Door),
    Invalid(InvalidSession),
    /// The caller is a program with an access token.
    Program,
    RevokedToken,
    Owner,
}

impl From<NoSession> for ApiError {
    fn from(reason: NoSession) -> Self {
        use ProblemCode::{NotAllowed, SessionInvalid, SessionRequired};
        match reason {
            NoSession::Stranger(door) => Self::new(SessionRequired, door::way_in(door)),
            NoSession::Invalid(error) => Self::new(SessionInvalid, error.to_string()),
            NoSession::Program => tokens::person_needed(),
            NoSession::RevokedToken => tokens::revoked(),
            NoSession::Owner => Self::new(NotAllowed, "the owner of the server needs no session"),
        }
    }
}
