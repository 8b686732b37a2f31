//! The look-ups that the rules need, which the projection provides.

use std::sync::Arc;

use holdline_shared::{Emoji, MessageText, PersonId, PublishKey, RoomName, Seq, Timestamp, Topic};

use crate::access::Access;
use crate::log::error::LogError;
use crate::log::stored_entry::StoredEntry;

/// The parts of the log that [`validate`](super::validate) looks at. Each look-up uses an index and costs the same however
/// large the log, the room or the message is; none decodes more than one text.
pub(in crate::log) trait LogView {
    /// The rights of people.
    fn access(&self) -> &Access;
    /// The date of the newest message or topic of this author in this room, if it is after `since`, a short while ago.
    fn last_said_since(
        &self,
        room: &RoomName,
        author: &PersonId,
        since: Timestamp,
    ) -> Result<Option<Timestamp>, LogError>;
    /// The room's topic, if there is such a room.
    fn topic(&self, room: &RoomName) -> Result<Option<Topic>, LogError>;
    /// The number of rooms.
    fn room_count(&self) -> usize;
    /// The message that this author published with this key.
    fn by_key(&self, author: &PersonId, key: PublishKey) -> Result<Option<Arc<StoredEntry>>, LogError>;
    /// The author of this message, and whether it was deleted.
    fn message(&self, room: &RoomName, seq: Seq) -> Result<Option<MessageStatus>, LogError>;
    /// The current text of this message; `None` when it cannot be read.
    fn text(&self, message: Seq) -> Result<Option<MessageText>, LogError>;
    /// The number of this message's edits.
    fn edit_count(&self, message: Seq) -> Result<usize, LogError>;
    /// Whether this person has put this emoji on this message.
    fn has_reaction(&self, message: Seq, emoji: &Emoji, person: &PersonId) -> Result<bool, LogError>;
    /// The different emoji on this message, at most [`EMOJI_PER_MESSAGE`](holdline_shared::limits::EMOJI_PER_MESSAGE).
    fn emoji(&self, message: Seq) -> Result<Vec<Emoji>, LogError>;
}

/// The state of a message that the rules need.
pub(in crate::log) struct MessageStatus {
    /// The author.
    pub(in crate::log) author: PersonId,
    /// Whether it was deleted.
    pub(in crate::log) is_deleted: bool,
}
