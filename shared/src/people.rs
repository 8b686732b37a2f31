//! People, sessions and invites as the server shows them: the fields of its responses. None is a secret or the hash of
//! one, except codes and tokens, which are shown once, to the caller who requested them.

use serde::{Deserialize, Serialize};

use crate::{Door, Person, PersonId, RoomName, Timestamp, Topic};

/// The standing of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// A name and a cookie.
    Guest,
    /// A person with an account, whose name is theirs alone.
    Member,
    /// A program with an account.
    Bot,
}

/// A person as everybody sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// The id and the present name.
    #[serde(flatten)]
    pub person: Person,
    /// The standing.
    pub kind: PersonKind,
    /// Whether the person is an admin of the server.
    pub admin: bool,
    /// A short text about the person; may be empty.
    pub about: Topic,
    /// The name of a time zone, such as `Europe/Zurich`; empty for none.
    pub time_zone: String,
}

/// The accounts of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct People {
    /// Members and bots, in no particular order.
    pub people: Vec<Profile>,
}

/// A person as they see themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The part that everybody sees.
    #[serde(flatten)]
    pub profile: Profile,
    /// Whether there is a passphrase to sign in with.
    pub has_passphrase: bool,
    /// A new token, if the old one no longer authenticates anybody; only for clients that store it themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// The answer of `GET /door`, the first thing that a page asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DoorStatus {
    /// The way in for strangers.
    pub door: Door,
    /// The caller, if they are in already.
    pub person: Option<Me>,
    /// The name of the server.
    pub server: String,
    /// The address of the server for people; told to its owner alone, for links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A session of the caller's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionSummary {
    /// A name for the session; no secret.
    pub id: String,
    /// The browser or program, as it named itself.
    pub device: Topic,
    /// The sign-in.
    pub begun: Timestamp,
    /// The last use, to the day.
    pub used: Timestamp,
    /// Whether this request belongs to it.
    pub current: bool,
}

/// The sessions of the caller's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// The most recently used first.
    pub sessions: Vec<SessionSummary>,
}

/// The standing that an invite gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InviteRole {
    /// A guest, let in without an account.
    Guest,
    /// A member.
    #[default]
    Member,
    /// A member who is an admin of the server.
    Admin,
}

/// An invite, without its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteSummary {
    /// A name for the invite; no secret.
    pub id: String,
    /// The standing that it gives.
    pub role: InviteRole,
    /// The number of times that it may be used.
    pub uses: u32,
    /// The number of times that it was used.
    pub used: u32,
    /// Its end.
    pub expires: Timestamp,
    /// The room that it leads to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// The purpose, in the words of its maker.
    pub note: Topic,
    /// Its maker.
    pub by: PersonId,
}

/// The invites that the caller may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteList {
    /// The invites, those that can still be used first.
    pub invites: Vec<InviteSummary>,
}

/// The standing that a link gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkGives {
    /// The standing of a guest.
    Guest,
    /// An account.
    Member,
    /// An account that may change who may do what.
    Admin,
    /// A session of an account that exists, on another device.
    Device,
}

/// The preview of a link: what it gives to whoever uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkPreview {
    /// The standing.
    pub gives: LinkGives,
    /// The title of the room that the link leads to, or its name if it has no title.
    pub room: Option<String>,
    /// The name of the server.
    pub server: String,
    /// The link's end.
    pub expires: Timestamp,
}

/// A new invite or link to another device: the only time at which its code is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewCode {
    /// A name for lists; no secret.
    pub id: String,
    /// The code, which `/join/CODE` and `POST /redeem` take.
    pub code: String,
    /// Its end.
    pub expires: Timestamp,
}
