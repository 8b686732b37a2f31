//! Doors, rooms' policies and roles: the words in which a server says who may do what.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, Topic};

/// How strangers come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// Everybody may read and write; a name is enough.
    #[default]
    Open,
    /// Whoever knows the one join password.
    Password,
    /// Whoever was sent a link.
    Invite,
    /// Whoever a trusted proxy names.
    Proxy,
}

/// Who sees a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody whom the door lets in.
    #[default]
    Public,
    /// Its members; to everybody else the room does not exist.
    Private,
    /// A few people, without a name of its own; seen like a private room.
    Direct,
}

/// Who may write in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Writers {
    /// Everybody who may read it.
    #[default]
    Everyone,
    /// The room's admins.
    Admins,
}

/// A person's part in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// No member.
    #[default]
    None,
    /// A member.
    Member,
    /// A member who may change the room, its members and its messages.
    Admin,
}

/// The rules of a room. A room without a policy has the default one: public, and open to everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RoomPolicy {
    /// Who sees the room.
    pub visibility: Visibility,
    /// The displayed name; empty for the room's own name.
    #[serde(skip_serializing_if = "is_default")]
    pub title: Topic,
    /// Whether guests are kept from writing.
    #[serde(skip_serializing_if = "is_default")]
    pub members_only: bool,
    /// Who may write.
    #[serde(skip_serializing_if = "is_default")]
    pub writers: Writers,
    /// Slow mode: the time between two messages of one person, in seconds; 0 for none.
    #[serde(skip_serializing_if = "is_default")]
    pub slow_seconds: u32,
    /// Whether nobody but the room's admins may write for the time being.
    #[serde(skip_serializing_if = "is_default")]
    pub locked: bool,
    /// Whether the room is over: kept for reading, and listed last.
    #[serde(skip_serializing_if = "is_default")]
    pub archived: bool,
}

/// A room's rules and the reader's part in it, as the list of rooms tells them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RoomStanding {
    /// The rules.
    #[serde(flatten)]
    pub policy: RoomPolicy,
    /// The reader's role.
    #[serde(skip_serializing_if = "is_default")]
    pub role: Role,
    /// The time until which the reader may not write.
    #[serde(skip_serializing_if = "is_default")]
    pub muted_until: Option<Timestamp>,
    /// The number of members, if the reader is one of them.
    #[serde(skip_serializing_if = "is_default")]
    pub members: usize,
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_names_only_what_differs() {
        let private =
            RoomPolicy { visibility: Visibility::Private, slow_seconds: 5, ..RoomPolicy::default() };
        let json = serde_json::to_string(&private).unwrap();
        assert_eq!(json, r#"{"visibility":"private","slow_seconds":5}"#);
        assert_eq!(serde_json::from_str::<RoomPolicy>(&json).unwrap(), private);
        assert_eq!(serde_json::from_str::<RoomPolicy>(r#"{"new":1}"#).unwrap(), RoomPolicy::default());
    }
}
