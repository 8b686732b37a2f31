//! The rules by which a draft becomes entries. The projection provides the look-ups and the writing, and
//! calls [`validate`] where no other change can come in between.

use std::sync::Arc;

use holdline_shared::limits::{EDITS_PER_MESSAGE, EMOJI_PER_MESSAGE, ROOMS};
use holdline_shared::{Emoji, EntryKind, MessageText, PersonId, PublishKey, RoomName, Seq, Timestamp, Topic};

use super::clock;
use super::draft::{Draft, DraftKind};
use super::error::{LogError, Refusal};
use super::outcome::Outcome;
use super::stored_entry::StoredEntry;

/// The parts of the log that [`validate`] looks at. Each look-up uses an index and costs the same however
/// large the log, the room or the message is; none decodes more than one text.
pub(super) trait LogView {
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
    /// The different emoji on this message, at most [`EMOJI_PER_MESSAGE`].
    fn emoji(&self, message: Seq) -> Result<Vec<Emoji>, LogError>;
}

/// The state of a message that the rules need.
pub(super) struct MessageStatus {
    /// The author.
    pub(super) author: PersonId,
    /// Whether it was deleted.
    pub(super) is_deleted: bool,
}

/// The decision about a draft.
pub(super) enum Decision {
    /// Append these entries in this order; the last is the draft's own.
    Append(Vec<EntryKind>),
    /// Append this entry, which makes the draft's room.
    Make(EntryKind),
    /// Append nothing; this is the outcome.
    Settled(Outcome),
}

/// Decides what `draft` becomes.
pub(super) fn validate(log: &impl LogView, draft: &Draft) -> Result<Decision, LogError> {
    match &draft.kind {
        DraftKind::Message { key, text, reply_to, makes_room } => {
            if let Some(first) = log.by_key(&draft.author.id, *key)? {
                return Ok(Decision::Settled(Outcome::Repeated(first)));
            }
            let mut kinds = Vec::with_capacity(1);
            if log.topic(&draft.room)?.is_none() {
                if !makes_room {
                    return Err(Refusal::UnknownRoom.into());
                }
                kinds.push(make_room(log, None)?);
            }
            if let Some(target) = reply_to {
                log.message(&draft.room, *target)?.ok_or(Refusal::UnknownMessage)?;
            }
            kinds.push(EntryKind::Message { key: *key, text: Some(text.clone()), reply_to: *reply_to });
            Ok(Decision::Append(kinds))
        }
        DraftKind::Edit { target, text } => {
            if own_message(log, draft, *target)?.is_deleted {
                return Err(Refusal::MessageDeleted.into());
            }
            if log.text(*target)?.as_ref() == Some(text) {
                return Ok(Decision::Settled(Outcome::Unchanged));
            }
            if log.edit_count(*target)? >= EDITS_PER_MESSAGE {
                return Err(Refusal::TooManyEdits.into());
            }
            Ok(one(EntryKind::Edit { target: *target, text: Some(text.clone()) }))
        }
        DraftKind::Delete { target } => {
            if own_message(log, draft, *target)?.is_deleted {
                return Ok(Decision::Settled(Outcome::Unchanged));
            }
            Ok(one(EntryKind::Delete { target: *target }))
        }
        DraftKind::Reaction { target, emoji, on } => {
            let message = existing_message(log, draft, *target)?;
            // The deletion of a message has removed all of its reactions.
            let is_on = !message.is_deleted && log.has_reaction(*target, emoji, &draft.author.id)?;
            if is_on == *on {
                return Ok(Decision::Settled(Outcome::Unchanged));
            }
            if message.is_deleted {
                return Err(Refusal::MessageDeleted.into());
            }
            if *on {
                let present = log.emoji(*target)?;
                if present.len() >= EMOJI_PER_MESSAGE && !present.contains(emoji) {
                    return Err(Refusal::TooManyEmoji.into());
                }
            }
            Ok(one(EntryKind::Reaction { target: *target, emoji: emoji.clone(), on: *on }))
        }
        DraftKind::Room { topic } => match (log.topic(&draft.room)?, topic) {
            (None, topic) => Ok(Decision::Make(make_room(log, topic.clone())?)),
            (Some(now), Some(topic)) if now != *topic => Ok(one(EntryKind::Room { topic: topic.clone() })),
            (Some(_), _) => Ok(Decision::Settled(Outcome::Unchanged)),
        },
    }
}

fn one(kind: EntryKind) -> Decision {
    Decision::Append(vec![kind])
}

fn make_room(log: &impl LogView, topic: Option<Topic>) -> Result<EntryKind, LogError> {
    if log.room_count() >= ROOMS {
        return Err(Refusal::TooManyRooms.into());
    }
    Ok(EntryKind::Room { topic: topic.unwrap_or_default() })
}

fn existing_message(log: &impl LogView, draft: &Draft, target: Seq) -> Result<MessageStatus, LogError> {
    if log.topic(&draft.room)?.is_none() {
        return Err(Refusal::UnknownRoom.into());
    }
    Ok(log.message(&draft.room, target)?.ok_or(Refusal::UnknownMessage)?)
}

fn own_message(log: &impl LogView, draft: &Draft, target: Seq) -> Result<MessageStatus, LogError> {
    let message = existing_message(log, draft, target)?;
    if message.author != draft.author.id {
        return Err(Refusal::NotAuthor.into());
    }
    Ok(message)
}

/// The date of an entry appended now, after one dated `last`.
pub(super) fn now_after(last: Timestamp) -> Timestamp {
    clock::date(clock::wall_clock(), last)
}
