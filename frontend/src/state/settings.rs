//! The dialogs in which people and admins see and change who may do what: which is open, what it lists, and what came of
//! the last request. All of it is forgotten when the dialog closes.

use holdline_shared::{InviteSummary, Person, Profile, Role, RoomName, Seq, SessionSummary, Timestamp};
use serde::Deserialize;

/// A dialog, or a page of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Panel {
    /// The reader's name and what they say of themselves.
    Profile,
    /// The reader's passphrase; for guests, how to become a member.
    Passphrase,
    /// The reader's sessions, and the link for another device.
    Devices,
    /// Signing out and leaving.
    Leave,
    /// The rules of the room on the screen.
    Rules,
    /// Its members.
    Members,
    /// A link into it.
    RoomInvite,
    /// Deleting it.
    DeleteRoom,
    /// A new room.
    NewRoom,
    /// What can be done with a person.
    Person(Person),
    /// Reporting a message of the room on the screen.
    Report(Seq),
    /// How strangers come in.
    Door,
    /// The links that let somebody in.
    Invites,
    /// The accounts.
    People,
    /// The bans.
    Bans,
    /// The tokens of programs.
    Tokens,
    /// Who changed what.
    Audit,
}

/// What the open dialog shows and what came of its requests.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// The list, once it came.
    pub listing: Option<Listing>,
    /// Whether a request is on its way.
    pub is_busy: bool,
    /// Why the last request was not fulfilled.
    pub problem: Option<String>,
    /// Whether the last request was fulfilled.
    pub is_done: bool,
    /// A secret that is shown once.
    pub secret: Option<Secret>,
}

/// A secret that the server has just made and shows once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// The address of a link.
    Link(String),
    /// A token.
    Token(String),
}

/// A list of the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// The reader's sessions.
    Sessions(Vec<SessionSummary>),
    /// The members of a room.
    Members(Vec<Membership>),
    /// The links.
    Invites(Vec<InviteSummary>),
    /// The accounts.
    People(Vec<Profile>),
    /// The bans.
    Bans(Vec<Ban>),
    /// The tokens.
    Tokens(Vec<Token>),
    /// The changes, the newest first, and whether there are older ones.
    Audit(Vec<AuditLine>, bool),
}

/// A person's part in a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Membership {
    /// The person.
    pub person: Person,
    /// The role.
    #[serde(default)]
    pub role: Role,
    /// The time until which the person may not write.
    #[serde(default)]
    pub muted_until: Option<Timestamp>,
}

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ban {
    /// A name for requests.
    pub id: String,
    /// The person.
    #[serde(default)]
    pub person: Option<Person>,
    /// The address.
    #[serde(default)]
    pub visitor: Option<String>,
    /// The end.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// The reason.
    #[serde(default)]
    pub reason: String,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Token {
    /// A name for requests; no secret.
    pub id: String,
    /// What the token allows.
    #[serde(default)]
    pub verbs: Vec<String>,
    /// What it is for.
    #[serde(default)]
    pub note: String,
}

/// A change that admins can look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Its position in the log.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Who made it.
    pub author: Person,
    /// What was changed.
    pub text: String,
}

/// The room of a `POST /rooms` or `POST /direct`, as the answer names it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MadeRoom {
    /// The room.
    #[serde(alias = "name")]
    pub room: RoomName,
}

impl Settings {
    /// The same dialog, without what came of its last request.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { listing: self.listing.clone(), ..Self::default() }
    }
}

impl Panel {
    /// Whether the panel lists something of the server's.
    pub fn has_listing(&self) -> bool {
        matches!(
            self,
            Self::Devices
                | Self::Members
                | Self::Invites
                | Self::People
                | Self::Bans
                | Self::Tokens
                | Self::Audit
        )
    }
}
