//! The rules by which a draft becomes entries. The projection provides the look-ups and the writing, and
//! calls [`validate`] where no other change can come in between.

mod log_view;
#[cfg(test)]
mod tests;

use holdline_shared::limits::{EDITS_PER_MESSAGE, EMOJI_PER_MESSAGE, ROOMS};
use holdline_shared::{
    Emoji, EntryKind, MemberChange, Person, PolicyChange, Role, RoomPolicy, Seq, Timestamp, Topic,
};

pub(super) use self::log_view::{LogView, MessageStatus};
use super::clock;
use super::draft::{AccessDraft, Draft, DraftKind};
use super::error::{LogError, Refusal};
use super::outcome::Outcome;
use crate::access::{Access, AccessChange, Denied, is_owner, visibility_of_name};

/// The decision about a draft.
pub(super) enum Decision {
    /// Append these entries in this order; the last is the draft's own.
    Append(Vec<EntryKind>),
    /// Append this entry, which makes the draft's room.
    Make(EntryKind),
    /// Append nothing; this is the outcome.
    Settled(Outcome),
}

/// Decides what `draft` becomes, if it is dated `at`.
pub(super) fn validate(log: &impl LogView, draft: &Draft, at: Timestamp) -> Result<Decision, LogError> {
    let (author, access) = (&draft.author, log.access());
    if draft.room.is_reserved() != matches!(draft.kind, DraftKind::Access(_)) {
        return Err(Refusal::UnknownRoom.into());
    }
    access.check_standing(author, at).map_err(Refusal::Denied)?;
    match &draft.kind {
        DraftKind::Message { key, text, reply_to, makes_room } => {
            if let Some(first) = log.by_key(&draft.author.id, *key)? {
                // Whoever was removed does not learn what became of their messages.
                if !access.may_read(Some(&author.id), &first.room) && !is_owner(&author.id) {
                    return Err(Refusal::Denied(Denied::UnknownRoom).into());
                }
                return Ok(Decision::Settled(Outcome::Repeated(first)));
            }
            let is_new = log.topic(&draft.room)?.is_none();
            if is_new && (!makes_room || visibility_of_name(&draft.room).is_some()) {
                return Err(Refusal::UnknownRoom.into());
            }
            access.check_write(author, &draft.room, at).map_err(Refusal::Denied)?;
            check_pace(log, draft, at)?;
            let mut kinds = Vec::with_capacity(1);
            if is_new {
                kinds.push(make_room(log, draft, None, None)?);
            }
            if let Some(target) = reply_to {
                log.message(&draft.room, *target)?.ok_or(Refusal::UnknownMessage)?;
            }
            kinds.push(EntryKind::Message { key: *key, text: Some(text.clone()), reply_to: *reply_to });
            Ok(Decision::Append(kinds))
        }
        DraftKind::Edit { target, text } => {
            expect_room(log, draft)?;
            access.check_write(author, &draft.room, at).map_err(Refusal::Denied)?;
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
        DraftKind::Delete { target } | DraftKind::DeleteOwn { target } => {
            expect_room(log, draft)?;
            let is_for_others = matches!(draft.kind, DraftKind::Delete { .. });
            let may_moderate = is_for_others && access.is_room_admin(&author.id, &draft.room);
            if !may_moderate {
                access.check_part(author, &draft.room, at).map_err(Refusal::Denied)?;
            }
            let message = existing_message(log, draft, *target)?;
            if message.author != author.id && !may_moderate {
                return Err(Refusal::NotAuthor.into());
            }
            if message.is_deleted {
                return Ok(Decision::Settled(Outcome::Unchanged));
            }
            Ok(one(EntryKind::Delete { target: *target }))
        }
        DraftKind::Reaction { target, emoji, on } => reaction(log, draft, (*target, emoji, *on), at),
        DraftKind::Room { topic, policy } => room(log, draft, (topic.as_ref(), policy.as_ref()), at),
        DraftKind::Member(change) => {
            expect_room(log, draft)?;
            let changes = access.check_member(author, &draft.room, change, at).map_err(Refusal::Denied)?;
            Ok(settled_unless(changes, || EntryKind::Member(Box::new(change.clone()))))
        }
        DraftKind::DirectMember(person) => {
            let changes = access.check_direct_member(author, &draft.room, &person.id, at);
            let change = MemberChange {
                person: person.clone(),
                role: Role::Member,
                until: None,
                muted_until: None,
                reason: None,
            };
            let changes = changes.map_err(Refusal::Denied)?;
            Ok(settled_unless(changes, || EntryKind::Member(Box::new(change))))
        }
        DraftKind::Access(AccessDraft(change)) => access_change(log, author, change, at),
    }
}

/// Decides on a change that concerns no room.
fn access_change(
    log: &impl LogView,
    author: &Person,
    change: &AccessChange,
    at: Timestamp,
) -> Result<Decision, LogError> {
    let access = log.access();
    let room = match change {
        AccessChange::RoomDeleted { room, .. }
        | AccessChange::Reported { room, .. }
        | AccessChange::MessageDeleted { room, .. }
        | AccessChange::HookRemoved { room, .. } => Some(room),
        AccessChange::InviteMade { invite } => invite.room.as_ref(),
        AccessChange::HookMade { hook } => Some(&hook.room),
        _ => None,
    };
    if let Some(room) = room
        && log.topic(room)?.is_none()
    {
        return Err(Refusal::UnknownRoom.into());
    }
    if let AccessChange::Reported { room, seq, .. } | AccessChange::MessageDeleted { room, seq, .. } = change
        && access.may_read(Some(&author.id), room)
    {
        log.message(room, *seq)?.ok_or(Refusal::UnknownMessage)?;
    }
    let changes = access.check_change(author, change, at).map_err(Refusal::Denied)?;
    let mut change = change.clone();
    if let AccessChange::RoomDeleted { room, was_hidden } = &mut change {
        *was_hidden = access.room(room).is_some_and(|room| !room.is_public());
    }
    // A change is made of strings and numbers; encoding it cannot fail.
    let encoded = serde_json::to_string(&change).unwrap_or_default();
    Ok(settled_unless(changes, || EntryKind::Access { change: encoded }))
}

/// Decides on a draft that adds a reaction or removes one. A message of a log of an earlier version may have an emoji in several
/// spellings: a new reaction counts with the first of them, and every one of the author's own is removed.
fn reaction(
    log: &impl LogView,
    draft: &Draft,
    (target, emoji, on): (Seq, &Emoji, bool),
    at: Timestamp,
) -> Result<Decision, LogError> {
    expect_room(log, draft)?;
    let check = if on { Access::check_reaction } else { Access::check_part };
    check(log.access(), &draft.author, &draft.room, at).map_err(Refusal::Denied)?;
    let message = existing_message(log, draft, target)?;
    // The deletion of a message has removed all of its reactions.
    let present = if message.is_deleted { Vec::new() } else { log.emoji(target)? };
    let spellings: Vec<&Emoji> = present.iter().filter(|other| other.is_same_as(emoji)).collect();
    let mut own = Vec::new();
    for &spelling in &spellings {
        if log.has_reaction(target, spelling, &draft.author.id)? {
            own.push(spelling);
        }
    }
    if own.is_empty() != on {
        return Ok(Decision::Settled(Outcome::Unchanged));
    }
    if message.is_deleted {
        return Err(Refusal::MessageDeleted.into());
    }
    if on && spellings.is_empty() && present.len() >= EMOJI_PER_MESSAGE {
        return Err(Refusal::TooManyEmoji.into());
    }
    let changed = if on { vec![spellings.first().copied().unwrap_or(emoji)] } else { own };
    let kind = |emoji: &Emoji| EntryKind::Reaction { target, emoji: emoji.clone(), on };
    Ok(Decision::Append(changed.into_iter().map(kind).collect()))
}

/// Decides on a draft that makes a room, or changes its topic or its rules.
fn room(
    log: &impl LogView,
    draft: &Draft,
    (topic, policy): (Option<&Topic>, Option<&PolicyChange>),
    at: Timestamp,
) -> Result<Decision, LogError> {
    let (author, access) = (&draft.author, log.access());
    let now = log.topic(&draft.room)?;
    if now.is_some() && !access.may_read(Some(&author.id), &draft.room) && !is_owner(&author.id) {
        return Err(Refusal::Denied(Denied::RoomNameTaken).into());
    }
    let rules = access.room(&draft.room).map(|room| &room.policy);
    let policy = policy
        .map(|change| rules.map_or_else(|| change.apply(&RoomPolicy::default()), |now| change.apply(now)));
    let changes = match &policy {
        Some(policy) => {
            access.check_policy(author, &draft.room, policy, now.is_some()).map_err(Refusal::Denied)?
        }
        None => false,
    };
    let Some(now) = now else {
        return Ok(Decision::Make(make_room(log, draft, topic.cloned(), policy)?));
    };
    let is_new_topic = topic.is_some_and(|topic| *topic != now);
    if is_new_topic {
        access.check_write(author, &draft.room, at).map_err(Refusal::Denied)?;
        check_pace(log, draft, at)?;
    }
    let topic = topic.cloned().unwrap_or(now);
    let policy = policy.filter(|_| changes).map(Box::new);
    Ok(settled_unless(changes || is_new_topic, || EntryKind::Room { topic, policy }))
}

/// Checks slow mode.
fn check_pace(log: &impl LogView, draft: &Draft, at: Timestamp) -> Result<(), LogError> {
    let seconds = log.access().slow_seconds(&draft.author.id, &draft.room);
    if seconds == 0 {
        return Ok(());
    }
    let pause = u64::from(seconds) * 1_000;
    let since = Timestamp(at.0.saturating_sub(pause));
    match log.last_said_since(&draft.room, &draft.author.id, since)? {
        Some(last) => {
            let left = last.0.saturating_add(pause).saturating_sub(at.0).div_ceil(1_000);
            let seconds = u32::try_from(left).unwrap_or(seconds).clamp(1, seconds);
            Err(Refusal::Denied(Denied::TooSoon { seconds }).into())
        }
        None => Ok(()),
    }
}

fn settled_unless(changes: bool, kind: impl FnOnce() -> EntryKind) -> Decision {
    if changes { one(kind()) } else { Decision::Settled(Outcome::Unchanged) }
}

fn one(kind: EntryKind) -> Decision {
    Decision::Append(vec![kind])
}

/// The entry that makes the draft's room. Whoever makes a room is its admin, if there is an account to remember that by.
fn make_room(
    log: &impl LogView,
    draft: &Draft,
    topic: Option<Topic>,
    policy: Option<RoomPolicy>,
) -> Result<EntryKind, LogError> {
    let is_hidden_as = |visibility| policy.as_ref().is_some_and(|policy| policy.visibility == visibility);
    let is_misnamed = visibility_of_name(&draft.room).is_some_and(|visibility| !is_hidden_as(visibility));
    if is_misnamed || log.access().is_retired(&draft.room) {
        return Err(Refusal::Denied(Denied::RoomNameTaken).into());
    }
    if log.room_count() >= ROOMS {
        return Err(Refusal::TooManyRooms.into());
    }
    let policy = policy.or_else(|| log.access().account(&draft.author.id).map(|_| RoomPolicy::default()));
    Ok(EntryKind::Room { topic: topic.unwrap_or_default(), policy: policy.map(Box::new) })
}

/// Refuses a draft whose room does not exist. Comes before any question about the author, so that what they may not know of
/// is refused with the same words, after the same look-ups.
fn expect_room(log: &impl LogView, draft: &Draft) -> Result<(), LogError> {
    log.topic(&draft.room)?.map(drop).ok_or_else(|| Refusal::UnknownRoom.into())
}

fn existing_message(log: &impl LogView, draft: &Draft, target: Seq) -> Result<MessageStatus, LogError> {
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
