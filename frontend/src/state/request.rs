//! The requests of people besides writing: about themselves, about a room, about the server. Each is one request;
//! how it looks on the line is the api's business.

use holdline_shared::{
    Door, InviteRole, Nickname, Person, PersonId, Role, RoomName, RoomPolicy, Seq, Timestamp, Topic,
};

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// The reader's name and what they say of themselves.
    Profile {
        /// The name.
        name: Nickname,
        /// A sentence and the name of a time zone, which guests do not have.
        account: Option<(String, String)>,
    },
    /// A passphrase, with the old one if there is one: makes a member of a guest.
    Passphrase {
        /// The present one; empty for a guest.
        old: String,
        /// The new one.
        new: String,
    },
    /// Ends one of the reader's sessions.
    EndSession(String),
    /// Ends all of the reader's sessions but this one.
    EndOtherSessions,
    /// A link that signs the reader in on another device.
    LinkDevice,
    /// Ends this session.
    SignOut,
    /// Erases the reader's account; its messages are kept without its name, or removed.
    Leave {
        /// Whether the messages are kept.
        keeps_messages: bool,
    },
    /// Makes a private room of this title.
    MakeRoom(Topic),
    /// Opens the direct room with this person.
    Direct(PersonId),
    /// Says what a room is about and which rules hold.
    Rules {
        /// The room.
        room: RoomName,
        /// The topic of the room.
        topic: Topic,
        /// The rules.
        policy: RoomPolicy,
    },
    /// Deletes a room and all that was said in it.
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
        /// The join password; empty leaves it as it is.
        password: String,
    },
    /// A link that lets somebody in.
    Invite(Invitation),
    /// Makes a link useless.
    RevokeInvite(String),
    /// Makes somebody an admin of the server, or none.
    Admin(PersonId, bool),
    /// Erases somebody's account.
    Erase {
        /// The person.
        person: PersonId,
        /// Whether the messages are kept.
        keeps_messages: bool,
    },
    /// Keeps somebody out of the server.
    Ban {
        /// The person.
        person: Person,
        /// The end; `None` for none.
        until: Option<Timestamp>,
        /// The reason.
        reason: String,
        /// Whether the addresses they came from are kept out, too.
        with_addresses: bool,
    },
    /// Ends a ban.
    Unban(String),
    /// A token by which a program acts for the reader, or as a bot.
    Token(Grant),
    /// Makes a token useless.
    RevokeToken(String),
    /// An address where programs post into a room under this name.
    IncomingHook {
        /// The room.
        room: RoomName,
        /// The name.
        name: String,
    },
    /// Sends what is said in a room to an address.
    OutgoingHook {
        /// The room.
        room: RoomName,
        /// The name by which people know it.
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
    /// The rooms; none for all that the person may read.
    pub rooms: Vec<String>,
    /// The acts that the program may do.
    pub verbs: Vec<String>,
}

/// A change of somebody's part in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A role, with the right to write.
    Role(Role),
    /// The person may not write until this moment.
    Mute(Timestamp),
    /// The person is out of the room, and may not come back before this moment.
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
