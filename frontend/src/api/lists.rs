//! The lists of the server's answers: one type for all of them, each answer with one of its fields. A type for each would bring
//! its own reader into the page.

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
    /// The changes that admins can look up.
    pub(super) entries: Vec<AuditLine>,
}

impl Lists {
    /// Reads the list at this route.
    pub(super) async fn read(route: &str) -> Result<Self, Fault> {
        Call::get(route).send().await?.json()
    }
}
