//! The state of a [`JournaledLog`](super::JournaledLog), which the journal's deliveries change. All changes
//! are made under one lock, so followers and publishers are told in the order of the journal.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_channel::oneshot;
use holdline_shared::Seq;

use crate::log::catch_up::catch_up;
use crate::log::clock::{AgeCut, RetentionClock, wall_clock};
use crate::log::draft::Draft;
use crate::log::engine::{Follower, LogEvent};
use crate::log::error::{LogError, Refusal};
use crate::log::journal::{Identity, JournalEvent};
use crate::log::outcome::Outcome;
use crate::log::projection::{Applied, Effect, Projection};
use crate::log::record::{OrderedRecord, Record, RecordId};
use crate::log::validate::Decision;

/// The channel for the outcome of a record.
pub(super) type Reply = oneshot::Sender<Result<Effect, LogError>>;

/// The next step for a draft.
pub(super) enum Plan {
    /// The outcome is certain already.
    Answer(Outcome),
    /// The journal has to order these records first.
    Append(Vec<Record>),
}

/// A projection, and everyone who waits for it to grow.
pub(super) struct Core {
    projection: Projection,
    identity: Identity,
    /// The head and the epoch, for reading without the lock.
    published: Published,
    /// The projection of the journal's next incarnation, until it reaches the journal's head.
    replacement: Option<Replacement>,
    follower: Option<Follower>,
    /// Records of this log that the journal has not delivered yet.
    in_flight: HashMap<RecordId, Reply>,
    clock: RetentionClock,
}

/// The head and the epoch of a log.
#[derive(Clone, Default)]
pub(super) struct Published(std::sync::Arc<(AtomicU64, AtomicU64)>);

impl Published {
    pub(super) fn head(&self) -> u64 {
        self.0.0.load(Ordering::Acquire)
    }

    pub(super) fn epoch(&self) -> u64 {
        self.0.1.load(Ordering::Acquire)
    }
}

/// A projection that is being built.
struct Replacement {
    projection: Projection,
    identity: Identity,
    /// The position at which this projection replaces the present one.
    awaited: Seq,
    /// The effects of the records applied so far; told when the projection takes over.
    effects: Vec<(RecordId, Result<Effect, Refusal>)>,
}

impl Core {
    pub(super) fn new(projection: Projection, identity: Identity) -> Result<Self, LogError> {
        let clock = RetentionClock::new(projection.last_heard_of()?, Instant::now());
        let core = Self {
            projection,
            identity,
            published: Published::default(),
            replacement: None,
            follower: None,
            in_flight: HashMap::new(),
            clock,
        };
        core.publish();
        Ok(core)
    }

    pub(super) fn published(&self) -> Published {
        self.published.clone()
    }

    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    pub(super) fn projection(&mut self) -> &mut Projection {
        &mut self.projection
    }

    /// The cut for entries that are older than `age` now.
    pub(super) fn cut(&mut self, age: Duration) -> AgeCut {
        self.clock.cut(age, wall_clock(), Instant::now())
    }

    /// Answers a draft if its outcome is certain already; otherwise makes the records that decide it.
    pub(super) fn plan(&mut self, draft: Draft) -> Result<Plan, LogError> {
        let is_quiet = self.in_flight.is_empty();
        match self.projection.preview(&draft) {
            Ok((Decision::Settled(outcome @ Outcome::Repeated(_)), _)) => Ok(Plan::Answer(outcome)),
            Ok((Decision::Settled(outcome), _)) if is_quiet => Ok(Plan::Answer(outcome)),
            Ok((_, room_is_missing)) => Ok(Plan::Append(Record::of_draft(draft, room_is_missing))),
            // A record in flight may create the room or message that is missing, or free the place.
            Err(LogError::Refused(refusal)) if !is_quiet && !is_final(refusal) => {
                Ok(Plan::Append(Record::of_draft(draft, refusal == Refusal::UnknownRoom)))
            }
            Err(error) => Err(error),
        }
    }

    /// Registers `reply` for the effect of a record.
    pub(super) fn expect(&mut self, id: RecordId, reply: Reply) {
        self.in_flight.insert(id, reply);
    }

    /// Stops waiting for a record.
    pub(super) fn give_up(&mut self, id: RecordId) {
        self.in_flight.remove(&id);
    }

    /// Tells `follower` of every entry after `after`, and of every later change.
    pub(super) fn follow(&mut self, after: Seq, follower: Follower) -> Result<(), LogError> {
        catch_up(after, &follower, |after| self.projection.read_everything(after))?;
        self.follower = Some(follower);
        Ok(())
    }

    /// Applies what the journal delivers.
    pub(super) fn deliver(&mut self, event: JournalEvent<'_>) -> Result<(), LogError> {
        match event {
            JournalEvent::Records(records) if self.replacement.is_none() => self.apply(records)?,
            JournalEvent::Records(records) => {
                if let Some(Replacement { projection, effects, .. }) = &mut self.replacement {
                    projection.apply(records, |_, applied| effects.extend(applied.effects))?;
                }
            }
            JournalEvent::Replaced { identity, head } => {
                let (projection, effects) = (Projection::in_memory()?, Vec::new());
                self.replacement = Some(Replacement { projection, identity, awaited: head, effects });
                for (_, reply) in self.in_flight.drain() {
                    let replaced = LogError::Unavailable("the journal was replaced".to_owned());
                    let _ = reply.send(Err(replaced));
                }
            }
        }
        match self.replacement.take_if(|next| next.projection.applied() >= next.awaited) {
            Some(next) => self.replace(next),
            None => Ok(()),
        }
    }

    /// Applies records, then tells followers and publishers of their effects.
    pub(super) fn apply(&mut self, records: &[OrderedRecord]) -> Result<(), LogError> {
        let Self { projection, published, follower, in_flight, .. } = self;
        projection.apply(records, |projection, applied| {
            let Applied { entries, cuts, newest, expired, rewrites, effects } = applied;
            published.0.0.store(projection.head().0, Ordering::Release);
            if let Some(follower) = follower {
                if !entries.is_empty() {
                    follower(LogEvent::Appended(&entries));
                }
                if !newest.is_empty() {
                    follower(LogEvent::MessagesDeleted { newest: &newest });
                }
                if !cuts.is_empty() {
                    follower(LogEvent::Pruned(&cuts));
                }
                if let Some((rooms, forgotten)) = expired {
                    follower(LogEvent::RoomsExpired { rooms: &rooms, forgotten });
                }
                if rewrites {
                    follower(LogEvent::Rewritten);
                }
            }
            answer(in_flight, effects);
        })
    }

    fn replace(&mut self, next: Replacement) -> Result<(), LogError> {
        let Replacement { projection, identity, effects, .. } = next;
        let access = self.projection.access().clone();
        (self.projection, self.identity) = (projection, identity);
        self.projection.share_access(access);
        self.publish();
        let (head, rooms) = (self.projection.head(), self.projection.rooms()?);
        let forgotten = self.projection.read_everything(head)?.forgotten;
        if let Some(follower) = &self.follower {
            follower(LogEvent::Replaced { epoch: identity.epoch, head, rooms: &rooms, forgotten });
        }
        answer(&mut self.in_flight, effects);
        Ok(())
    }

    fn publish(&self) {
        self.published.0.0.store(self.projection.head().0, Ordering::Release);
        self.published.0.1.store(self.identity.epoch.0, Ordering::Release);
    }
}

/// Whether a draft is refused regardless of the records in flight.
fn is_final(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::NotAuthor | Refusal::MessageDeleted)
}

fn answer(in_flight: &mut HashMap<RecordId, Reply>, effects: Vec<(RecordId, Result<Effect, Refusal>)>) {
    for (id, effect) in effects {
        if let Some(reply) = in_flight.remove(&id) {
            // A publisher that gave up learns the outcome when it retries with the same key.
            let _ = reply.send(effect.map_err(LogError::from));
        }
    }
}
