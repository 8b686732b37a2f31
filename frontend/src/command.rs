//! Everything that a reader can do, each with the room and message it is about. Clicks and keys dispatch these alike;
//! the engine runs them, whatever is on the screen by then.

use holdline_shared::{Emoji, MessageText, PublishKey, RoomName, Seq, Topic};

use crate::state::{Entrance, Overlay, Place, Request};

/// A command.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Goes to a room.
    Go(RoomName),
    /// Goes to a message.
    Show(RoomName, Seq),
    /// Opens something besides the conversation, or closes it.
    Open(Overlay),
    /// Does not wait any longer for the server.
    TryNow,
    /// Loads the page anew.
    Reload,
    /// Comes through a door that is not open.
    Enter(Entrance),
    /// Forgets what came of the last request.
    ForgetOutcome,
    /// Closes the notice.
    CloseNotice,
    /// Asks the server for something about people, rooms or the server.
    Ask(Request),
    /// Says why what was put in cannot be asked for.
    Complain(String),
    /// Loads older lines of the list of changes.
    LoadAudit(Seq),
    /// Says what a room is about.
    SetTopic(RoomName, Topic),
    /// Stops following a room.
    Forget(RoomName),

    /// Says something in a room, in answer to the message that the composer answers.
    Say(RoomName, MessageText),
    /// Keeps what is typed in the composer.
    Write(RoomName, String),
    /// Answers a message with the composer, or no message any more.
    Reply(RoomName, Option<Seq>),
    /// Sends again what the server has refused.
    Retry(PublishKey),
    /// Takes back into the composer what the server has refused.
    Rewrite(PublishKey),
    /// Throws away what the server has refused.
    Discard(PublishKey),

    /// Puts a reaction on a message, or takes it back.
    React(RoomName, Seq, Emoji),
    /// Begins to change a message.
    Edit(RoomName, Seq),
    /// Begins to change the reader's newest message.
    EditNewest(RoomName),
    /// Keeps what is typed for the message that is being changed.
    ChangeEdit(RoomName, String),
    /// Makes the change.
    SaveEdit(RoomName, MessageText),
    /// Leaves the message as it is.
    CancelEdit(RoomName),
    /// Asks whether a message is to be deleted, or not any more.
    AskToDelete(RoomName, Option<Seq>),
    /// Deletes a message; of somebody else's the audit has the reason.
    Delete(RoomName, Seq, String),

    /// Loads the messages before this one.
    LoadOlder(RoomName, Seq),
    /// Goes to a message that another one quotes; `from` is that one, unless it is still on its way.
    FollowQuote {
        /// The room of both.
        room: RoomName,
        /// The message that is quoted.
        seq: Seq,
        /// The message that quotes it.
        from: Option<Seq>,
    },
    /// Goes back to the message whose quote the reader has followed last.
    GoBack(RoomName),
    /// Goes to the newest message.
    ShowNewest(RoomName),
    /// Says that the reader is where they wanted to be.
    Arrive(RoomName),
    /// Says whether the newest message is in sight.
    SetAtEnd(RoomName, bool),
    /// Leaves a room at this place.
    Leave(RoomName, Option<Place>),
}
