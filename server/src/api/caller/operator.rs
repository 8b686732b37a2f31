//! The people who run the server, for what tells of all rooms. What they may do besides, the log decides.

use holdline_shared::ProblemCode;

use super::session_proof::Identity;
use super::{Caller, tokens};
use crate::api::app::App;
use crate::api::error::ApiError;

/// The way to what is shown to those who run the server.
const OPERATORS: &str = "this is for those who run the server: ask from its own machine past all proxies, or with the token of an \
                         admin or a bot that reads every room (holdline admin tokens make --bot NAME --verbs read)";

impl Caller {
    /// Refuses whoever does not run the server. Those who do are its owner, admins, the tokens of admins and bots that read
    /// every room, and programs of its own machine, unless a proxy has left a trace in their request.
    pub(in crate::api) fn check_operator(&self, app: &App) -> Result<(), ApiError> {
        if self.is_owner() || !self.is_passed_on {
            return Ok(());
        }
        self.check_ban()?;
        let access = app.access.load();
        let runs_it = match &self.identity {
            Identity::Person(session) => access.is_admin(&session.claim.person.id),
            Identity::Token(grant) => grant.watches(&access),
            Identity::InvalidToken => return Err(tokens::revoked()),
            _ => return Err(ApiError::new(ProblemCode::SessionRequired, OPERATORS)),
        };
        if runs_it { Ok(()) } else { Err(ApiError::new(ProblemCode::NotAllowed, OPERATORS)) }
    }
}
