//! The reader's requests other than messages: about themselves, about a room, about the server. Each is one request;
//! `api` decides its form in HTTP.

use holdline_shared::{
    Door, InviteRole, Nickname, Person, PersonId, Role, RoomName, RoomPolicy, Seq, Timestamp, Topic,
};

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Changes the reader's name and profile.
    Profile {
        /// The name.
        name: Nickname,
        /// The text about the reader and the name of a time zone, which guests do not have.
        account: Option<(String, String)>,
    },
    /// Sets a passphrase, given the old one if there is one; makes a guest a member.
    Passphrase {
        /// The current passphrase; empty for a guest.
        old: String,
        /// The new passphrase.
        new: String,
    },
    /// Ends one of the reader's sessions.
    EndSession(String),
    /// Ends all of the reader's sessions but this one.
    EndOtherSessions,
    /// Makes a link that signs the reader in on another device.
    LinkDevice,
    /// Ends this session.
    SignOut,
    /// Erases the reader's account; its messages are kept without its name, or removed.
    Leave {
        /// Whether the messages are kept.
        keeps_messages: bool,
    },
    /// Makes a private room with this title.
    MakeRoom(Topic),
    /// Opens the direct room with this person.
    Direct(PersonId),
    /// Sets a room's topic and rules.
    Rules {
        /// The room.
        room: RoomName,
        /// The topic of the room.
        topic: Topic,
        /// The rules.
        policy: RoomPolicy,
    },
    /// Deletes a room and all its messages.
    DeleteRoom(RoomName),
    /// Leaves a room.
    LeaveRoom {
        /// The room.
        room: RoomName,
        /// The reader.
        me: PersonId,
    },
    /// Changes somebody's part in a room.
    Member {
        /// The room.
        room: RoomName,
        /// The person.
        person: Person,
        /// The change of their part.
        change: Part,
        /// The reason, for everybody in the room.
        reason: String,
    },
    /// Asks the admins to look at a message.
    Report {
        /// The message's room.
        room: RoomName,
        /// The message.
        seq: Seq,
        /// The reason.
        reason: String,
    },
    /// Changes how strangers come in.
    Door {
        /// The door.
        door: Door,
        /// The join password; empty keeps the current one.
        password: String,
    },
    /// Makes a link that lets somebody in.
    Invite(Invitation),
    /// Revokes a link.
    RevokeInvite(String),
    /// Makes somebody an admin of the server (`true`), or ends that.
    Admin(PersonId, bool),
    /// Erases somebody's account.
    Erase {
        /// The person.
        person: PersonId,
        /// Whether the messages are kept.
        keeps_messages: bool,
    },
    /// Bans somebody from the server.
    Ban {
        /// The person.
        person: Person,
        /// The end of the ban; `None` for no end.
        until: Option<Timestamp>,
        /// The reason.
        reason: String,
        /// Whether the addresses they came from are banned, too.
        with_addresses: bool,
    },
    /// Ends a ban.
    Unban(String),
    /// Makes a token with which a program acts for the reader, or as a bot.
    Token(Grant),
    /// Revokes a token.
    RevokeToken(String),
    /// Makes an address at which programs post into a room under this name.
    IncomingHook {
        /// The room.
        room: RoomName,
        /// The name.
        name: String,
    },
    /// Sends a room's messages to an address.
    OutgoingHook {
        /// The room.
        room: RoomName,
        /// The webhook's name, for people.
        name: String,
        /// The address.
        url: String,
    },
    /// Removes a webhook of a room.
    RemoveHook(RoomName, String),
}

impl Request {
    /// Whether the reader has another session afterwards, or none.
    pub fn changes_session(&self) -> bool {
        matches!(self, Self::Passphrase { .. } | Self::EndSession(_) | Self::SignOut | Self::Leave { .. })
    }
}

/// The rights of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The purpose of the token.
    pub note: String,
    /// The name of a new bot that the program acts as; `None` for the reader.
    pub bot: Option<String>,
    /// The rooms; empty for all that the person may read.
    pub rooms: Vec<String>,
    /// The actions that the program may take.
    pub verbs: Vec<String>,
}

/// A change of somebody's part in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A role, with the right to write.
    Role(Role),
    /// The person may not write until this moment.
    Mute(Timestamp),
    /// The person is removed from the room, and may not come back before this moment.
    Remove(Option<Timestamp>),
}

/// The rights of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The number of people who may use it.
    pub uses: u32,
    /// The number of days for which it works.
    pub days: u32,
    /// The standing that it gives.
    pub role: InviteRole,
    /// A room that they become members of.
    pub room: Option<RoomName>,
    /// A note for the list.
    pub note: String,
}
