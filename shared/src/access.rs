//! Doors, room policies and roles: the terms in which a server says who may do what.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, Topic};

/// The way in for strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// Everybody may read and write; a name is enough.
    #[default]
    Open,
    /// Strangers come in with the one join password.
    Password,
    /// Strangers come in by a link that they were sent.
    Invite,
    /// A trusted proxy names the people who come in.
    Proxy,
}

/// The people who see a room.
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

/// The people who may write in a room.
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
    /// The people who see the room.
    pub visibility: Visibility,
    /// The displayed name; empty for the room's own name.
    #[serde(skip_serializing_if = "is_default")]
    pub title: Topic,
    /// Whether guests are kept from writing.
    #[serde(skip_serializing_if = "is_default")]
    pub members_only: bool,
    /// The people who may write.
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

/// A change of a room's rules. Absent fields keep their values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyChange {
    /// The people who see the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// The displayed name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Topic>,
    /// Whether guests are kept from writing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members_only: Option<bool>,
    /// The people who may write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writers: Option<Writers>,
    /// Slow mode, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_seconds: Option<u32>,
    /// Whether nobody but the room's admins may write for the time being.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
    /// Whether the room is archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

impl PolicyChange {
    /// Returns the change that makes a room with this visibility and the default rules.
    pub fn new(visibility: Visibility) -> Self {
        Self { visibility: Some(visibility), ..Self::default() }
    }

    /// Returns the rules after the change.
    #[must_use]
    pub fn apply(&self, policy: &RoomPolicy) -> RoomPolicy {
        RoomPolicy {
            visibility: self.visibility.unwrap_or(policy.visibility),
            title: self.title.as_ref().unwrap_or(&policy.title).clone(),
            members_only: self.members_only.unwrap_or(policy.members_only),
            writers: self.writers.unwrap_or(policy.writers),
            slow_seconds: self.slow_seconds.unwrap_or(policy.slow_seconds),
            locked: self.locked.unwrap_or(policy.locked),
            archived: self.archived.unwrap_or(policy.archived),
        }
    }
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_of_a_policy_keeps_what_it_does_not_name() {
        let now =
            RoomPolicy { title: "Tea".parse().unwrap(), locked: true, slow_seconds: 9, ..Default::default() };
        let change: PolicyChange =
            serde_json::from_str(r#"{"locked":false,"visibility":"private"}"#).unwrap();
        let expected = RoomPolicy { locked: false, visibility: Visibility::Private, ..now.clone() };
        assert_eq!(change.apply(&now), expected);
        assert_eq!(PolicyChange::default().apply(&now), now);
    }

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
