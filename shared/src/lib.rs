//! The protocol's types and rules, shared by Holdline's server and its clients. Contains no I/O, no clock and no
//! randomness: the caller supplies those.
//!
//! * Strings that are validated once, while parsing: [`RoomName`], [`Nickname`], [`MessageText`], [`Topic`], [`Emoji`],
//!   [`PublishKey`], [`PersonId`].
//! * Positions in the log: [`Seq`], [`Epoch`], [`Cursor`], [`After`].
//! * Response bodies: [`Entry`], [`Message`], [`Batch`], [`History`], [`RoomList`], [`Presence`], [`Problem`].
//! * The client's endless series of polls as a pure state machine: [`Subscription`].

mod access;
mod adaptive_wait;
mod backoff;
mod batch;
mod cursor;
mod emoji;
mod entry;
mod key;
mod lenient;
pub mod limits;
mod message;
mod nickname;
mod people;
mod person;
mod poll;
mod problem;
mod requests;
mod room;
#[cfg(feature = "openapi")]
mod schemas;
mod subscription;
mod text;
mod timestamp;
mod topic;
mod unicode;

pub use access::{Door, PolicyChange, Role, RoomPolicy, RoomStanding, Visibility, Writers};
pub use adaptive_wait::AdaptiveWait;
pub use backoff::{Backoff, Jitter};
pub use batch::{Batch, Here, History, Presence, PresenceTag, RoomList, RoomSummary};
pub use cursor::{After, Cursor, Epoch, InvalidCursor, Seq};
pub use emoji::{Emoji, InvalidEmoji};
pub use entry::{Entry, EntryKind, MemberChange};
pub use key::{InvalidKey, PublishKey};
pub use message::{Message, Reaction};
pub use nickname::{InvalidNickname, Nickname};
pub use people::{
    DoorStatus, InviteList, InviteRole, InviteSummary, LinkGives, LinkPreview, Me, NewCode, People,
    PersonKind, Profile, SessionList, SessionSummary,
};
pub use person::{InvalidPersonId, Person, PersonId};
pub use poll::{InvalidPoll, PollQuery, RoomSelection};
pub use problem::{Problem, ProblemCode};
pub use requests::{EditRequest, PublishRequest, RoomRequest, Session, SessionRequest};
pub use room::{InvalidRoomName, RoomName};
pub use subscription::{Action, Event, Moment, Next, Status, Step, Subscription};
pub use text::{InvalidText, MessageText};
pub use timestamp::Timestamp;
pub use topic::{InvalidTopic, Topic};
pub use unicode::is_invisible;
