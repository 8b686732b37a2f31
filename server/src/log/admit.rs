//! The rules by which a draft becomes entries. The same for every engine: an engine brings the look-ups and the
//! writing, and calls [`admit`] where nothing can come in between.

use std::sync::Arc;
use std::time::Duration;

use holdline_shared::limits::{EMOJI_PER_MESSAGE, ROOMS};
use holdline_shared::{EntryKind, Message, PersonId, PublishKey, RoomName, Seq, Timestamp, Topic};

use super::{Committed, Draft, DraftKind, LogError, Outcome, Refusal, clock};

/// What [`admit`] needs to know of the log as it stands.
pub(super) trait Lookup {
    /// The room's topic, when there is such a room.
    fn topic(&self, room: &RoomName) -> Result<Option<Topic>, LogError>;
    /// How many rooms there are.
    fn room_count(&self) -> Result<usize, LogError>;
    /// The message that this author published with this key.
    fn by_key(&self, author: &PersonId, key: PublishKey) -> Result<Option<Arc<Committed>>, LogError>;
    /// The message as it stands now.
    fn message(&self, room: &RoomName, seq: Seq) -> Result<Option<Message>, LogError>;
}

/// What to do with a draft.
pub(super) enum Verdict {
    /// Append these entries, in this order; the last is the draft's own.
    Append(Vec<EntryKind>),
    /// Append nothing; this is the outcome.
    Settled(Outcome),
}

/// Decides what becomes of `draft`.
pub(super) fn admit(log: &impl Lookup, draft: &Draft) -> Result<Verdict, LogError> {
    match &draft.kind {
        DraftKind::Message { key, text, reply_to, makes_room } => {
            if let Some(first) = log.by_key(&draft.author.id, *key)? {
                return Ok(Verdict::Settled(Outcome::Repeated(first)));
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
            Ok(Verdict::Append(kinds))
        }
        DraftKind::Edit { target, text } => {
            let message = own_message(log, draft, *target)?;
            match message.text {
                None => Err(Refusal::MessageDeleted.into()),
                Some(now) if now == *text => Ok(Verdict::Settled(Outcome::Unchanged)),
                Some(_) => Ok(one(EntryKind::Edit { target: *target, text: Some(text.clone()) })),
            }
        }
        DraftKind::Delete { target } => match own_message(log, draft, *target)?.text {
            None => Ok(Verdict::Settled(Outcome::Unchanged)),
            Some(_) => Ok(one(EntryKind::Delete { target: *target })),
        },
        DraftKind::Reaction { target, emoji, on } => {
            let message = existing_message(log, draft, *target)?;
            if message.has_my_reaction(emoji, &draft.author.id) == *on {
                return Ok(Verdict::Settled(Outcome::Unchanged));
            }
            if message.text.is_none() {
                return Err(Refusal::MessageDeleted.into());
            }
            let is_new = message.reactions.iter().all(|r| r.emoji != *emoji);
            if *on && is_new && message.reactions.len() >= EMOJI_PER_MESSAGE {
                return Err(Refusal::TooManyEmoji.into());
            }
            Ok(one(EntryKind::Reaction { target: *target, emoji: emoji.clone(), on: *on }))
        }
        DraftKind::Room { topic } => match (log.topic(&draft.room)?, topic) {
            (None, topic) => Ok(one(make_room(log, topic.clone())?)),
            (Some(now), Some(topic)) if now != *topic => Ok(one(EntryKind::Room { topic: topic.clone() })),
            (Some(_), _) => Ok(Verdict::Settled(Outcome::Unchanged)),
        },
    }
}

fn one(kind: EntryKind) -> Verdict {
    Verdict::Append(vec![kind])
}

fn make_room(log: &impl Lookup, topic: Option<Topic>) -> Result<EntryKind, LogError> {
    if log.room_count()? >= ROOMS {
        return Err(Refusal::TooManyRooms.into());
    }
    Ok(EntryKind::Room { topic: topic.unwrap_or_default() })
}

fn existing_message(log: &impl Lookup, draft: &Draft, target: Seq) -> Result<Message, LogError> {
    if log.topic(&draft.room)?.is_none() {
        return Err(Refusal::UnknownRoom.into());
    }
    Ok(log.message(&draft.room, target)?.ok_or(Refusal::UnknownMessage)?)
}

fn own_message(log: &impl Lookup, draft: &Draft, target: Seq) -> Result<Message, LogError> {
    let message = existing_message(log, draft, target)?;
    if message.author.id != draft.author.id {
        return Err(Refusal::NotAuthor.into());
    }
    Ok(message)
}

/// The date of an entry appended now, after one dated `last`.
pub(super) fn now_after(last: Timestamp) -> Timestamp {
    clock::date(clock::wall_clock(), last)
}

/// The time before which entries are older than `age`. By the clock alone: an entry from a moment when the clock was
/// wrong must not make all others old.
pub(super) fn oldest_kept(age: Duration) -> Timestamp {
    Timestamp(clock::wall_clock().0.saturating_sub(u64::try_from(age.as_millis()).unwrap_or(u64::MAX)))
}
