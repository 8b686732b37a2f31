//! Request bodies, and the answer with a session.

use serde::{Deserialize, Serialize};

use crate::{MessageText, Nickname, Person, PublishKey, Seq, Topic};

/// The body of `POST /rooms/{room}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishRequest {
    /// The key, created by the client once per message.
    pub key: PublishKey,
    /// The text.
    pub text: MessageText,
    /// The message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
}

/// The body of `PATCH /rooms/{room}/messages/{seq}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditRequest {
    /// The message's new text.
    pub text: MessageText,
}

/// The body of `PUT /rooms/{room}`; optional.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoomRequest {
    /// The room's new topic; absent keeps the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
}

/// The body of `POST /session`; optional.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SessionRequest {
    /// The new nickname; absent keeps the session's current one, or lets the server invent one for a new session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<Nickname>,
}

/// The caller's own person, and the token that authenticates them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The caller as others see them.
    pub person: Person,
    /// The token for `Authorization: Bearer`. Absent for callers who use the cookie, which scripts cannot read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}
