//! Everything that can happen to the state.

use holdline_shared::{
    Batch, Here, History, MessageText, Person, PublishKey, RoomList, RoomName, Seq, Status, Timestamp,
};

use super::{Progress, Route, Sending};

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// There is a session, or its nickname has changed.
    SignedIn(Person),
    /// The reader went to another page.
    Went(Route),
    /// The room is polled from now on, and its history is asked for.
    Joining(RoomName),
    /// The newest page of its history came.
    Joined(RoomName, History),
    /// The server refuses the room, for this reason.
    Refused(RoomName, String),
    /// Older messages were asked for.
    OlderAsked(RoomName),
    /// They came: those before this message.
    OlderCame(RoomName, Seq, History),
    /// They did not come.
    OlderFailed(RoomName),
    /// A poll brought something.
    Heard(Batch),
    /// Who is here, by room.
    Present(Vec<(RoomName, Here)>),
    /// The subscription lost its place in the log: rooms that are not on the screen have to be joined anew.
    Loosened,
    /// The connection's status, and the moment.
    Connected(Status, Timestamp),
    /// The list of rooms came.
    Listed(RoomList),
    /// The reader does not want to follow a room any more.
    Forgot(RoomName),
    /// Everything in the room was on the screen.
    Read(RoomName),
    /// The reader said something.
    Said {
        /// Where.
        room: RoomName,
        /// The key by which its entry is known again.
        key: PublishKey,
        /// What.
        text: MessageText,
        /// In answer to which message.
        reply_to: Option<Seq>,
        /// When.
        at: Timestamp,
    },
    /// A message on its way came further; [`Progress::Pending`] sends it again.
    Progressed(PublishKey, Progress),
    /// Another tab keeps a message on its way, or came further with it.
    Shared(Sending),
    /// A message that was not sent is thrown away, or another tab has sent it.
    Discarded(PublishKey),
    /// The server answers as another build than before.
    Outdated,
    /// Something to tell the reader, or nothing any more.
    Noticed(Option<String>),
}
