//! What clients send as JSON, and a session's answer.

use serde::{Deserialize, Serialize};

use crate::{MessageText, Nickname, Person, PublishKey, Seq, Topic};

/// `POST /rooms/{room}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishRequest {
    /// Made by the client, once per message.
    pub key: PublishKey,
    /// What to say.
    pub text: MessageText,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
}

/// `PATCH /rooms/{room}/messages/{seq}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditRequest {
    /// What the message says from now on.
    pub text: MessageText,
}

/// `PUT /rooms/{room}`; also without a body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoomRequest {
    /// What the room is about; absent leaves it as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
}

/// `POST /session`; also without a body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SessionRequest {
    /// The name to speak under; absent keeps the one of the session that is there, or lets the server make one up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<Nickname>,
}

/// Who I am, and the token that proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// As others see me.
    pub person: Person,
    /// For `Authorization: Bearer`. Only for those who did not come with the cookie, which scripts cannot read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}
