//! Everything that can happen to the state.

use holdline_shared::{
    Batch, DoorStatus, History, Me, Person, Profile, PublishKey, PublishRequest, RoomList, RoomName, Seq,
    Status, Timestamp,
};

use super::{
    Gate, Goal, Link, Listing, Overlay, Page, Place, Progress, Seen, Sending, Settings, Snapshot, Writing,
};

/// An event that changes the state.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The reader has a session, or its nickname has changed.
    SignedIn(Person),
    /// The server has told its door, and who the reader is.
    DoorSeen(DoorStatus),
    /// The server told what it knows of the reader.
    AccountCame(Me),
    /// A request about people or rooms is on its way.
    Asked,
    /// The request was fulfilled: what the dialog shows now.
    Answered(Settings),
    /// The list of the open dialog came.
    ListingCame(Listing),
    /// The request was refused, for this reason.
    Failed(String),
    /// The reader has come in by a link, which leads to this room.
    Entered(Option<RoomName>),
    /// The door is shut in front of the reader.
    ShutOut(Gate),
    /// The list of the accounts came.
    ProfilesCame(Vec<Profile>),
    /// The people of a direct room came.
    RoomPeopleCame(RoomName, Vec<Person>),
    /// The browser refuses the session's cookie.
    SessionForgotten,
    /// The address bar names another page.
    Went(Page),
    /// The server has told what the link with this code gives, or not.
    LinkSeen(String, Link),
    /// The reader looks at the page, or not any more.
    Attended(bool),
    /// The room is polled from now on, and its history is asked for.
    Joining(RoomName),
    /// The newest page of its history came.
    Joined(RoomName, History),
    /// The server is away, and the page before this one has left its screen.
    Recalled(Snapshot),
    /// The server refuses the room, for this reason.
    Refused(RoomName, String),
    /// Older messages were asked for.
    OlderAsked(RoomName),
    /// The messages before this one came.
    OlderCame(RoomName, Seq, History),
    /// Messages far above came: those before this one.
    Jumped(RoomName, Seq, History),
    /// Older messages did not come.
    OlderFailed(RoomName),
    /// A poll brought something.
    Heard(Batch),
    /// The subscription lost its place in the log: rooms that are not on the screen have to be joined anew.
    LostPlace,
    /// The connection's status, and the moment.
    Connected(Status, Timestamp),
    /// A login page of somebody else answers in place of the server.
    SignInNeeded,
    /// The server answers as another build than before.
    Outdated,
    /// The list of rooms came.
    Listed(RoomList),
    /// The reader does not want to follow a room any more.
    Forgot(RoomName),
    /// Another tab has changed the rooms visited.
    VisitedElsewhere(Vec<RoomName>),
    /// Another tab has seen this much.
    SeenElsewhere(Seen),
    /// The room was on the screen up to here.
    Read(RoomName, Seq),
    /// The newest message of the room is in sight (`true`), or not any more.
    AtEnd(RoomName, bool),
    /// The reader left the room at this place; `None` at the newest message.
    LeftAt(RoomName, Option<Place>),
    /// The reader wants to be at a place in the room, or has got there.
    Aimed(RoomName, Option<Goal>),
    /// The reader goes to a message that another one quotes.
    FollowedQuote {
        /// The room of both.
        room: RoomName,
        /// The message that is quoted.
        seq: Seq,
        /// The message that quotes it, unless that is still on its way.
        from: Option<Seq>,
    },
    /// The reader goes back to the message whose quote they followed last.
    WentBack(RoomName),
    /// The unsent writing in a room is this.
    Wrote(RoomName, Writing),
    /// The composer is to take the focus.
    ComposerWanted(RoomName),
    /// Deleting this message waits for a yes, or not any more.
    Deleting(RoomName, Option<Seq>),
    /// The reader said something.
    Said {
        /// The room.
        room: RoomName,
        /// The request, with the key by which its entry is known again.
        request: PublishRequest,
        /// The moment.
        at: Timestamp,
    },
    /// A message on its way came further; [`Progress::Pending`] sends it again.
    Progressed(PublishKey, Progress),
    /// Sending waits for this reason, or goes on.
    SendingDelayed(Option<String>),
    /// Another tab keeps a message on its way, or came further with it.
    SentElsewhere(Sending),
    /// A message that was not sent is thrown away, or another tab has sent it.
    Discarded(PublishKey),
    /// An overlay was opened besides the conversation, or closed.
    Opened(Overlay),
    /// A notice for the reader came, or was closed.
    Noticed(Option<String>),
}
