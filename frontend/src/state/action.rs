//! The actions that change the state.

use holdline_shared::{
    Batch, DoorStatus, History, Me, Person, Profile, PublishKey, PublishRequest, RoomList, RoomName, Seq,
    Status, Timestamp,
};

use super::{
    Gate, Goal, Link, Listing, Notice, Overlay, Page, Place, Progress, Seen, Sending, Settings, Snapshot,
    Writing,
};

/// An event that changes the state.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The reader has a session, or its nickname has changed.
    SignedIn(Person),
    /// The server reported its door, and who the reader is.
    DoorSeen(DoorStatus),
    /// The reader's account was received.
    AccountCame(Me),
    /// A request about people or rooms is outstanding.
    Asked,
    /// The request succeeded, with the new content of the dialog.
    Answered(Settings),
    /// The list of the open dialog was received.
    ListingCame(Listing),
    /// The request failed, for this reason.
    Failed(String),
    /// The reader came in by a link, which leads to this room, if any.
    Entered(Option<RoomName>),
    /// The door was shut on the reader.
    ShutOut(Gate),
    /// The list of accounts was received.
    ProfilesCame(Vec<Profile>),
    /// The people of a direct room were received.
    RoomPeopleCame(RoomName, Vec<Person>),
    /// The browser refuses the session's cookie.
    SessionForgotten,
    /// The address bar names another page.
    Went(Page),
    /// The server was asked about the link with this code, with this result.
    LinkSeen(String, Link),
    /// The reader looks at the page (`true`), or no longer does.
    Attended(bool),
    /// The room is polled from now on, and its history was requested.
    Joining(RoomName),
    /// The newest page of the room's history was received.
    Joined(RoomName, History),
    /// The server is unreachable, and the previous page left this snapshot.
    Recalled(Snapshot),
    /// The reader wants this room, also if it has to be made.
    RoomWanted(RoomName),
    /// The room does not exist.
    Missing(RoomName),
    /// The server refuses the room, for this reason.
    Refused(RoomName, String),
    /// Older messages were requested.
    OlderAsked(RoomName),
    /// The messages before this one were received.
    OlderCame(RoomName, Seq, History),
    /// The messages before this one were received, far above the loaded ones or in a gap.
    Jumped(RoomName, Seq, History),
    /// The request for older messages failed.
    OlderFailed(RoomName),
    /// A poll brought a batch.
    Heard(Batch),
    /// The subscription lost its place in the log: rooms that are not on the screen must be joined again.
    LostPlace,
    /// The connection's status at this moment.
    Connected(Status, Timestamp),
    /// A third party's login page answers in place of the server.
    SignInNeeded,
    /// The server now runs a different build from this page's.
    Outdated,
    /// A response was late or missing, so that the connection may be dead.
    ConnectionDoubted,
    /// The list of rooms was received.
    Listed(RoomList),
    /// The reader stopped following a room.
    Forgot(RoomName),
    /// Another tab changed the visited rooms.
    VisitedElsewhere(Vec<RoomName>),
    /// Another tab recorded these positions as seen.
    SeenElsewhere(Seen),
    /// The room was on the screen up to this position.
    Read(RoomName, Seq),
    /// The newest message of the room is in view (`true`), or no longer is.
    AtEnd(RoomName, bool),
    /// The reader left the room at this place; `None` at the newest message.
    LeftAt(RoomName, Option<Place>),
    /// The view is to go to a place in the room; `None` once it is there.
    Aimed(RoomName, Option<Goal>),
    /// The reader follows a quote to the message that it quotes.
    FollowedQuote {
        /// The room of both messages.
        room: RoomName,
        /// The quoted message.
        seq: Seq,
        /// The quoting message; `None` while it is still outgoing.
        from: Option<Seq>,
    },
    /// The reader goes back to the message whose quote they followed last.
    WentBack(RoomName),
    /// The unsent text in a room changed to this.
    Wrote(RoomName, Writing),
    /// The composer is to take the focus.
    ComposerWanted(RoomName),
    /// The deletion of this message awaits confirmation; `None` if none does.
    Deleting(RoomName, Option<Seq>),
    /// The reader sent a message.
    Said {
        /// The room.
        room: RoomName,
        /// The request, with the key that identifies its entry.
        request: PublishRequest,
        /// The moment.
        at: Timestamp,
    },
    /// An outgoing message made progress; [`Progress::Pending`] sends it again.
    Progressed(PublishKey, Progress),
    /// Sending is delayed for this reason, or resumes.
    SendingDelayed(Option<String>),
    /// Another tab stored an outgoing message or its progress.
    SentElsewhere(Sending),
    /// An unsent message was discarded, or another tab has sent it.
    Discarded(PublishKey),
    /// An overlay was opened or closed.
    Opened(Overlay),
    /// A notice for the reader was shown or closed.
    Noticed(Option<Notice>),
}
