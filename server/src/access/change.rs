//! The changes of access that stand in the reserved room, as the log stores them. Secrets are stored as hashes only.

use holdline_shared::{
    Door, Entry, EntryKind, Person, PersonId, RoomName, Seq, Timestamp, Topic, Visibility,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::denied::{Denied, until_date};
use super::rooms::visibility_of_name;
use super::secret::SecretHash;

/// A change of access. An old server passes over kinds that it does not know, which is safe only because a log is never
/// opened by an older version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub(crate) enum AccessChange {
    /// The way in for strangers from now on.
    Door {
        door: Door,
        /// The join password's argon2id hash, for a password door.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<String>,
    },
    /// A link that lets somebody in.
    InviteMade {
        invite: Invite,
    },
    InviteRevoked {
        id: String,
    },
    /// A guest becomes a member by a passphrase, a member makes a bot, a proxy names a person.
    Joined {
        person: Person,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_bot: bool,
        /// The passphrase's argon2id hash.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passphrase: Option<String>,
    },
    /// An invite is used once; what follows from that, the invite says.
    Redeemed {
        invite: SecretHash,
        person: Person,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passphrase: Option<String>,
        /// Whether the person was in before, with a session that held.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        has_session: bool,
    },
    /// The account's name and what it says of itself.
    Profile {
        person: Person,
        about: Topic,
        time_zone: String,
    },
    /// A new passphrase, which ends every session of the account but this one, and its links to other devices.
    Passphrase {
        person: PersonId,
        passphrase: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SecretHash>,
    },
    /// The account is an admin from now on, or is none.
    Admin {
        person: PersonId,
        on: bool,
    },
    SessionBegun {
        person: PersonId,
        session: SecretHash,
        device: Topic,
    },
    /// The session was used; told at most once a day.
    SessionUsed {
        person: PersonId,
        session: SecretHash,
    },
    SessionEnded {
        person: PersonId,
        session: SecretHash,
    },
    /// The end of every session of the account but this one, and of its links to other devices.
    SessionsEnded {
        person: PersonId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        except: Option<SecretHash>,
    },
    Banned {
        ban: Ban,
    },
    Unbanned {
        id: String,
    },
    /// The account is gone; its messages are removed, or kept without its name.
    Erased {
        person: PersonId,
        keep_messages: bool,
    },
    TokenMade {
        token: Token,
    },
    TokenRevoked {
        id: String,
    },
    HookMade {
        hook: Hook,
    },
    HookRemoved {
        id: PersonId,
        room: RoomName,
    },
    /// The log's secret has a new version, and signatures by others are valid until the grace time ends.
    SecretRotated {
        /// The salt, which is random; without the secret, nothing follows from it.
        salt: String,
        grace_until: Timestamp,
    },
    /// The room and all that it had are gone.
    RoomDeleted {
        room: RoomName,
        /// Whether the room was not public; set by the log, whatever the draft says.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        was_hidden: bool,
    },
    /// A report: somebody asks the admins to look at a message.
    Reported {
        room: RoomName,
        seq: Seq,
        reason: Topic,
    },
    /// An admin of the room has deleted somebody's message. The deletion is an entry of the room.
    MessageDeleted {
        room: RoomName,
        seq: Seq,
        reason: Topic,
    },
}

/// Whether the entry concerns readers who do not wait for its room, so that their held requests have to ask again: it may end
/// somebody's right to read, or changes somebody's memberships. A guest who gets an account is not among them, although the
/// guest's session is void from then on: the answer with the new session may still be on its way, and a client whose poll is
/// refused before that begins a session as a new guest.
pub(crate) fn concerns_readers(entry: &Entry) -> bool {
    let change = match &entry.kind {
        EntryKind::Member(_) => return true,
        EntryKind::Access { change } => change,
        _ => return false,
    };
    serde_json::from_str(change).is_ok_and(|change| {
        use AccessChange::{
            Banned, Door, Erased, Passphrase, SecretRotated, SessionEnded, SessionsEnded, TokenRevoked,
        };
        matches!(
            change,
            Banned { .. }
                | Door { .. }
                | Erased { .. }
                | Passphrase { .. }
                | SecretRotated { .. }
                | SessionEnded { .. }
                | SessionsEnded { .. }
                | TokenRevoked { .. }
        )
    })
}

/// Whether the entry makes a room for everybody. The lobby is there from the start.
pub(crate) fn is_for_everybody(made: &Entry) -> bool {
    let EntryKind::Room { policy, .. } = &made.kind else { return false };
    let is_public = policy.as_ref().is_none_or(|policy| policy.visibility == Visibility::Public);
    let has_plain_name = !made.room.is_reserved() && visibility_of_name(&made.room).is_none();
    is_public && has_plain_name && made.room != RoomName::lobby()
}

/// A link that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invite {
    /// A name for lists; no secret.
    pub(crate) id: String,
    pub(crate) code: SecretHash,
    pub(crate) gives: InviteGives,
    pub(crate) uses: u32,
    pub(crate) expires: Timestamp,
    /// A room that the person becomes a member of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) room: Option<RoomName>,
    #[serde(default)]
    pub(crate) note: Topic,
}

/// The standing that an invite gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InviteGives {
    Guest,
    Member,
    Admin,
    /// A session of this account, on another device.
    Device(PersonId),
}

/// A ban of an account, a guest or an address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct Ban {
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<Person>,
    /// The address, or the network of an IPv6 address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(crate) visitor: Option<std::net::IpAddr>,
    /// The end; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Timestamp>,
    /// The addresses from which the person came, networks of IPv6 addresses, which are banned until `visitors_until`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub(crate) visitors: Vec<std::net::IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) visitors_until: Option<Timestamp>,
    #[serde(default)]
    pub(crate) reason: Topic,
}

impl Ban {
    /// Whether it keeps out nobody any more.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        let is_on = self.until.is_none_or(|until| now < until);
        !is_on && self.visitors_until.is_none_or(|until| until <= now)
    }

    /// The refusal of somebody whom it keeps out.
    pub(crate) fn refusal(&self, person: Option<&PersonId>, now: Timestamp) -> String {
        let is_person = person.is_some() && self.person.as_ref().map(|banned| &banned.id) == person;
        let is_own = self.until.is_none_or(|until| now < until) && (is_person || self.visitor.is_some());
        let until = until_date(if is_own { self.until } else { self.visitors_until });
        // Whoever only comes from where a banned person came is not told about that person.
        let is_told = is_own && !self.reason.as_str().is_empty();
        let why = if is_told { format!(": {}", self.reason) } else { String::new() };
        format!("{}{until}{why}", Denied::Banned)
    }
}

/// A token by which a program acts for a person or a bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) id: String,
    /// The hash of the whole token, its beginning `hlt_` included.
    pub(crate) secret: SecretHash,
    pub(crate) person: PersonId,
    /// The rooms; absent for all that the person may read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rooms: Option<Vec<RoomName>>,
    pub(crate) verbs: Vec<Verb>,
    #[serde(default)]
    pub(crate) note: Topic,
}

/// An act that a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verb {
    Read,
    Write,
    React,
    Invite,
}

impl Verb {
    /// The word for it in requests and answers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::React => "react",
            Self::Invite => "invite",
        }
    }
}

/// A webhook of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hook {
    /// The author of what an incoming hook posts. The person's id is the hook's, too.
    pub(crate) person: Person,
    pub(crate) room: RoomName,
    pub(crate) way: HookWay,
}

/// The direction of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HookWay {
    /// Programs post here. The key in the address begins with the hook's id and a dot.
    Incoming { key: SecretHash },
    /// Messages are sent to this address. The signing key is derived from the log's secret and the hook's id.
    Outgoing { url: String },
}
