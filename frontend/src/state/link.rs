//! A link that lets somebody in, as far as the server has told what it gives.

use holdline_shared::Timestamp;
use serde::Deserialize;

/// What is known of the link whose page is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Link {
    /// The server was asked.
    #[default]
    Asked,
    /// The server does not tell what links give.
    Untold,
    /// The link works, and gives this.
    Works(LinkGives),
    /// The link does not work, for this reason.
    Refused(String),
}

/// What a link gives.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LinkGives {
    /// The standing.
    pub gives: LinkKind,
    /// The title of a room that whoever uses the link becomes a member of.
    #[serde(default)]
    pub room: Option<String>,
    /// The server's own name; may be empty.
    #[serde(default)]
    pub server: String,
    /// The end.
    pub expires: Timestamp,
}

/// The standing that a link gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A guest's.
    Guest,
    /// A member's.
    Member,
    /// An admin's.
    Admin,
    /// The reader's own account, on another device.
    Device,
    /// A standing that this page does not know.
    #[serde(other)]
    Unknown,
}
