//! Everything that a reader can do, each with the room and message that it is about. Clicks and keys dispatch the same
//! commands; the engine runs them, whatever is on the screen by then.

use holdline_shared::{Emoji, MessageText, PublishKey, RoomName, Seq, Topic};

use crate::state::{Entrance, Overlay, Place, Request};

/// A command.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Goes to a room.
    Go(RoomName),
    /// Goes to a room, and makes it if there is none of this name.
    Make(RoomName),
    /// Goes to a message.
    Show(RoomName, Seq),
    /// Opens a panel or drawer besides the conversation, or closes it.
    Open(Overlay),
    /// Stops waiting and contacts the server now.
    TryNow,
    /// Reloads the page.
    Reload,
    /// Enters through a door that is not open.
    Enter(Entrance),
    /// Forgets the outcome of the last request.
    ForgetOutcome,
    /// Closes the notice.
    CloseNotice,
    /// Sends the server a request about people, rooms or the server.
    Ask(Request),
    /// Shows why the input makes no valid request.
    Complain(String),
    /// Loads older lines of the audit log.
    LoadAudit(Seq),
    /// Sets a room's topic.
    SetTopic(RoomName, Topic),
    /// Stops following a room.
    Forget(RoomName),

    /// Sends a message to a room, as a reply if the composer has one.
    Say(RoomName, MessageText),
    /// Stores the composer's text.
    Write(RoomName, String),
    /// Starts a reply to a message in the composer, or cancels it.
    Reply(RoomName, Option<Seq>),
    /// Sends a refused message again.
    Retry(PublishKey),
    /// Moves a refused message back into the composer.
    Rewrite(PublishKey),
    /// Discards a message that waits to be sent, or that the server refused. If a request with it has reached the server
    /// without a response, the message appears nevertheless.
    Discard(PublishKey),

    /// Adds a reaction to a message, or removes it.
    React(RoomName, Seq, Emoji),
    /// Starts editing a message.
    Edit(RoomName, Seq),
    /// Starts editing the reader's newest message.
    EditNewest(RoomName),
    /// Stores the text of the message that is being edited.
    ChangeEdit(RoomName, String),
    /// Saves the edit.
    SaveEdit(RoomName, MessageText),
    /// Cancels the edit.
    CancelEdit(RoomName),
    /// Asks whether to delete a message, or withdraws the question.
    AskToDelete(RoomName, Option<Seq>),
    /// Deletes a message; if it is somebody else's, the audit log records the reason.
    Delete(RoomName, Seq, String),

    /// Loads the messages before this one.
    LoadOlder(RoomName, Seq),
    /// Goes to a message that another one quotes; `from` is the quoting message, unless it is still on its way.
    FollowQuote {
        /// The room of both messages.
        room: RoomName,
        /// The quoted message.
        seq: Seq,
        /// The quoting message.
        from: Option<Seq>,
    },
    /// Goes back to the message whose quote the reader followed last.
    GoBack(RoomName),
    /// Goes to the newest message.
    ShowNewest(RoomName),
    /// Reports that the reader has reached their goal.
    EndGoal(RoomName),
    /// Reports whether the newest message is in sight.
    SetAtEnd(RoomName, bool),
    /// Leaves a room, with the reader's place in it.
    Leave(RoomName, Option<Place>),
}
