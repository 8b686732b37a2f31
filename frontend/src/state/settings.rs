//! The dialogs in which people and admins see and change who may do what: which is open, what it lists, and the outcome
//! of the last request. All of it is dropped when the dialog closes.

use holdline_shared::{
    InviteSummary, Person, PersonId, Profile, Role, RoomName, Seq, SessionSummary, Timestamp,
};
use serde::Deserialize;

use super::State;

/// A dialog, or a page of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Panel {
    /// The reader's name and profile.
    Profile,
    /// The reader's passphrase; for guests, how to become a member.
    Passphrase,
    /// Signing in, for a guest who has an account.
    SignIn,
    /// The reader's sessions, and the link for another device.
    Devices,
    /// Signing out and leaving.
    Leave,
    /// The rules of the room on the screen.
    Rules,
    /// The room's members.
    Members,
    /// A link into the room.
    RoomInvite,
    /// The webhooks: programs that post into the room, or receive its messages.
    Hooks,
    /// Leaving and deleting the room.
    EndRoom,
    /// A new room.
    NewRoom,
    /// The actions that concern a person.
    Person(Person),
    /// Erasing somebody's account.
    Erase(Person),
    /// Reporting a message of the room on the screen.
    Report(Seq),
    /// The way in for strangers.
    Door,
    /// The links that let somebody in.
    Invites,
    /// The accounts.
    People,
    /// The bans.
    Bans,
    /// The tokens of programs that act for the reader.
    OwnTokens,
    /// The tokens of all programs.
    Tokens,
    /// The changes, and who made them.
    Audit,
}

impl Panel {
    /// Returns the page about a person: the reader's own name, or what the reader can do with somebody else.
    pub fn about(person: &Person, me: Option<&PersonId>) -> Self {
        if me == Some(&person.id) { Self::Profile } else { Self::Person(person.clone()) }
    }
}

/// The lists that the open dialog shows, and the outcome of its requests.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// The list, once received.
    pub listing: Option<Listing>,
    /// Whether a request is outstanding.
    pub is_busy: bool,
    /// The reason why the last request failed.
    pub problem: Option<String>,
    /// Whether the last request succeeded.
    pub is_done: bool,
    /// A secret that is shown once.
    pub secret: Option<Secret>,
}

/// A secret that the server has just made and shows once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// The address of a link.
    Link(String),
    /// A token, and the server's own address.
    Token {
        /// The token.
        token: String,
        /// The address.
        server: String,
    },
    /// The address to which a program posts.
    HookAddress(String),
    /// The key with which a program verifies what it receives.
    HookKey(String),
}

/// A list from the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Listing {
    /// The reader's sessions.
    Sessions(Vec<SessionSummary>),
    /// The members of a room.
    Members(Vec<Membership>),
    /// The links.
    Invites(Vec<InviteSummary>),
    /// The accounts.
    People(Vec<Profile>),
    /// The standing of the person in the dialog.
    Standing {
        /// The person's part in the room on the screen.
        membership: Option<Membership>,
        /// The person's bans.
        bans: Vec<Ban>,
    },
    /// The bans.
    Bans(Vec<Ban>),
    /// The tokens.
    Tokens(Vec<Token>),
    /// The webhooks of a room.
    Hooks(Vec<Hook>),
    /// The changes, the newest first.
    Audit(Vec<AuditLine>),
}

impl Listing {
    /// The people of a list with guests, whose names may look the same.
    fn named(&self) -> Vec<&Person> {
        match self {
            Self::Members(all) => all.iter().map(|member| &member.person).collect(),
            Self::Bans(all) => all.iter().filter_map(|ban| ban.person.as_ref()).collect(),
            _ => Vec::new(),
        }
    }
}

impl State {
    /// Shows a list, and notes the people in it.
    pub(super) fn show_listing(&mut self, listing: Listing) {
        for person in listing.named() {
            self.people.names.note_listed(person);
        }
        self.settings.listing = Some(listing);
    }
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

impl Membership {
    /// Whether the person is a member, or may not write at the moment `now`.
    pub fn counts(&self, now: Timestamp) -> bool {
        self.role > Role::None || self.muted_until.is_some_and(|until| now < until)
    }
}

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ban {
    /// The ban's identifier in requests.
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

impl Ban {
    /// Whether the ban has ended at the moment `now`.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// A webhook of a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hook {
    /// The webhook's identifier in requests; not a secret.
    pub id: String,
    /// Whether programs post through it or receive something from it.
    pub way: HookWay,
    /// The name under which it posts, or by which people know it.
    #[serde(default)]
    pub name: String,
    /// The address to which messages are sent.
    #[serde(default)]
    pub url: Option<String>,
    /// Whether the webhook is stopped, because its maker may no longer have it.
    #[serde(default)]
    pub stopped: bool,
}

/// The direction of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookWay {
    /// Programs post into the room.
    Incoming,
    /// The webhook sends the room's messages to a program.
    Outgoing,
    /// A direction that this page does not know.
    #[serde(other)]
    Unknown,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Token {
    /// The token's identifier in requests; not a secret.
    pub id: String,
    /// The person for whom a program acts with the token.
    pub person: Person,
    /// The rooms; `None` for all that the person may read.
    #[serde(default)]
    pub rooms: Option<Vec<RoomName>>,
    /// The actions that the token allows.
    #[serde(default)]
    pub verbs: Vec<String>,
    /// The purpose.
    #[serde(default)]
    pub note: String,
}

/// A change that admins can look up.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AuditLine {
    /// The change's position in the log.
    pub seq: Seq,
    /// The moment.
    pub at: Timestamp,
    /// The person who made it.
    pub author: Person,
    /// The room that it concerns.
    #[serde(default)]
    pub room: Option<RoomName>,
    /// The change.
    pub change: AuditChange,
}

/// A change, as far as the page shows it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AuditChange {
    /// The kind of the change.
    pub change: String,
    /// The person whom it concerns.
    #[serde(default)]
    pub person: Option<Person>,
    /// The new door.
    #[serde(default)]
    pub door: Option<String>,
    /// Whether somebody is an admin from now on.
    #[serde(default)]
    pub on: Option<bool>,
    /// The address that it concerns.
    #[serde(default)]
    pub visitor: Option<String>,
    /// The addresses that are banned with a person.
    #[serde(default)]
    pub visitors: Vec<String>,
    /// The act behind somebody's new part in a room, if earlier changes reveal it.
    #[serde(default)]
    pub act: Option<String>,
    /// Somebody's role in a room from now on.
    #[serde(default)]
    pub role: Role,
    /// The time until which somebody may not write there.
    #[serde(default)]
    pub muted_until: Option<Timestamp>,
    /// The message that was reported.
    #[serde(default)]
    pub seq: Option<Seq>,
    /// The reason.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The pages about the reader.
pub const OWN: [Panel; 6] =
    [Panel::Profile, Panel::Passphrase, Panel::SignIn, Panel::Devices, Panel::OwnTokens, Panel::Leave];
/// The pages about the room on the screen.
pub const ROOM: [Panel; 5] = [Panel::Members, Panel::Rules, Panel::RoomInvite, Panel::Hooks, Panel::EndRoom];
/// The pages about the server.
pub const SERVER: [Panel; 6] =
    [Panel::Door, Panel::Invites, Panel::People, Panel::Bans, Panel::Tokens, Panel::Audit];

impl Settings {
    /// Returns the same dialog without the outcome of its last request.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { listing: self.listing.clone(), ..Self::default() }
    }
}
