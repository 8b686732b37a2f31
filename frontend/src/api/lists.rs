//! The lists in the server's responses: one type for all of them, of which each response fills one field. A type for
//! each would add its own parser to the client.

use holdline_shared::{InviteSummary, Profile, SessionSummary};
use serde::Deserialize;

use super::Fault;
use super::http::Call;
use crate::state::{AuditLine, Ban, Hook, Membership, Token};

/// The lists.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Lists {
    pub(super) people: Vec<Profile>,
    pub(super) members: Vec<Membership>,
    pub(super) sessions: Vec<SessionSummary>,
    pub(super) invites: Vec<InviteSummary>,
    pub(super) bans: Vec<Ban>,
    pub(super) hooks: Vec<Hook>,
    pub(super) tokens: Vec<Token>,
    /// The entries of the audit log, for admins.
    pub(super) entries: Vec<AuditLine>,
}

impl Lists {
    /// Reads the list at this route.
    pub(super) async fn read(route: &str) -> Result<Self, Fault> {
        Call::get(route).send().await?.json()
    }
}
