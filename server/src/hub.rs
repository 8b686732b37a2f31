//! The hub: rooms, their newest entries, held polls and presence. The only place that waits.
//!
//! The log is the truth; the hub caches its newest part and notifies waiting polls when it grows. Every poll
//! is held by a keeper (`held_polls`), which follows one rule: register, look, sleep, look. An entry is
//! visible once the hub's head has reached it, which happens after it is durable and after every room it
//! concerns has it; so a look at several rooms is one consistent view.

mod answers;
mod coalescer;
mod collect;
mod config;
mod error;
mod eviction;
mod feed;
mod health;
mod held_polls;
mod ingest;
#[cfg(all(test, feature = "loom"))]
mod interleavings;
mod log_reads;
mod next_message;
mod poll_request;
mod polls;
mod presence;
mod ready_set;
mod retention;
mod room;
mod room_presence;
mod room_table;
mod state;
mod sync;
mod task_polls;
#[cfg(test)]
mod tests;
mod upkeep;
mod wait_list;
mod wait_lists;

use std::sync::Arc;
#[cfg(feature = "outgoing-hooks")]
use std::sync::Weak;
use std::task::Waker;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use holdline_shared::limits::ROOMS_LISTED;
use holdline_shared::{
    After, History, Person, PersonId, PresenceTag, RoomList, RoomName, RoomSelection, RoomSummary, Seq, Topic,
};
use smallvec::SmallVec;

use self::answers::Answers;
use self::health::Health;
use self::polls::Polls;
use self::state::HubState;
use self::sync::Ordering;
use crate::log::{Draft, Log, LogError, Outcome};
use crate::metrics::Metrics;
use crate::scope::{EVERY_ROOM, Scope};

pub use self::answers::Answer;
pub use self::config::HubConfig;
pub(crate) use self::config::MAX_CONNECTIONS;
pub use self::error::{PollError, UnknownRoom};
pub use self::health::NotReady;
pub(crate) use self::held_polls::HeldPolls;
pub(crate) use self::log_reads::{LogRead, LogReads, Reply};
pub use self::next_message::NextMessage;
pub(crate) use self::poll_request::{Admitted, Begin, Completed, PollRequest};
pub use self::presence::PresenceLease;
pub(crate) use self::ready_set::ReadySet;
pub(crate) use self::wait_list::HeldId;

/// The entries of the log, by the groups in which they became durable.
#[cfg(feature = "outgoing-hooks")]
pub(crate) type Followed = tokio::sync::broadcast::Receiver<Arc<[Arc<crate::log::StoredEntry>]>>;

/// The meeting point of publishers and subscribers.
pub struct Hub {
    log: Arc<dyn Log>,
    config: HubConfig,
    state: Arc<HubState>,
    answers: Arc<Answers>,
    polls: Polls,
    health: Arc<Health>,
}

impl Hub {
    /// Opens a hub on this log with the default configuration.
    pub async fn open(log: Arc<dyn Log>) -> Result<Arc<Self>, LogError> {
        Self::open_with(log, HubConfig::default()).await
    }

    /// Opens a hub on this log. Must be called within a tokio runtime; its tasks end with the hub.
    pub async fn open_with(log: Arc<dyn Log>, config: HubConfig) -> Result<Arc<Self>, LogError> {
        let head = log.head();
        let rooms = log.rooms().await?;
        let forgotten = log.read(EVERY_ROOM, RoomSelection::All, head).await?.forgotten;
        let epoch = log.epoch();
        let state = Arc::new(HubState::restore(rooms, epoch, head, forgotten, config.recent_bytes));
        log.follow(head, ingest::follower(&state)).await?;
        let metrics = state.metrics.clone();
        log.observe_commits(Arc::new(move |took| metrics.committed(took)));
        let answers = Arc::new(Answers::new(log.clone(), state.clone(), config.wait));
        let polls = Polls::new(state.clone(), answers.clone(), &config);
        let health = Health::new();
        health.watch_log(&*log);
        health.supervise("held polls", polls.tasks.drive());
        health.supervise("presence", upkeep::keep_presence(&state, config.grace));
        health.supervise("metrics", upkeep::keep_metrics(&state));
        health.supervise("retention", retention::retain(&log, &state, &config));
        Ok(Arc::new(Self { log, config, state, answers, polls, health }))
    }

    /// Appends. When the future resolves, every waiting poll has been notified. See [`Log::append`] for the
    /// order.
    pub fn publish(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        let (metrics, begun) = (self.metrics().clone(), Instant::now());
        let published = self.log.append(draft);
        published.inspect(move |outcome| metrics.published(outcome, begun.elapsed())).boxed()
    }

    /// Answers with all entries that `rooms` have after `after`, waiting for up to `wait` if there are none.
    /// With a lease of presence, presence is part of the answer, and a change of presence ends the wait too.
    ///
    /// Cancelling it, by dropping the future, leaves nothing behind.
    pub async fn poll(
        &self,
        scope: &Scope,
        rooms: &RoomSelection,
        after: After,
        wait: Duration,
        presence: Option<PresenceLease>,
    ) -> Result<Answer, PollError> {
        self.polls.poll(scope, rooms, after, wait, presence).await
    }

    /// Answers a poll that was admitted, as [`Hub::poll`] does.
    pub(crate) async fn reply(&self, request: PollRequest<'_>) -> Result<Answer, PollError> {
        self.polls.reply(request).await
    }

    /// Waits for the next message of one room, skipping edits and other entries. The room may not exist yet.
    pub async fn next_message(
        &self,
        scope: &Scope,
        room: &RoomName,
        after: After,
        wait: Option<Duration>,
    ) -> Result<NextMessage, PollError> {
        self.polls.next_message(scope, room, after, wait).await
    }

    /// Resolves where a poll begins and how long it may be held, for a caller with its own keeper.
    pub(crate) fn admit(
        &self,
        scope: &Scope,
        rooms: &RoomSelection,
        after: After,
        wait: Duration,
    ) -> Result<Admitted, PollError> {
        self.polls.admit(scope, rooms, after, wait)
    }

    /// Makes a keeper of held polls for one thread. `owner` is woken when the keeper has something to do.
    pub(crate) fn held_polls<K>(&self, owner: Waker) -> HeldPolls<K> {
        HeldPolls::new(self.state.clone(), owner)
    }

    /// The encoder of answers to held polls.
    pub(crate) fn answers(&self) -> &Arc<Answers> {
        &self.answers
    }

    /// Reads a page of a room's history, as `reader` sees it, with the cursor of the read.
    pub async fn history(
        &self,
        scope: &Scope,
        room: &RoomName,
        before: Option<Seq>,
        limit: usize,
        reader: Option<PersonId>,
    ) -> Result<Result<History, UnknownRoom>, LogError> {
        if self.topic(room).is_none_or(|_| !scope.allows(room)) {
            return Ok(Err(UnknownRoom));
        }
        let page = self.log.page(scope, room.clone(), before, limit, reader).await?;
        // Asked again now that the messages are in hand.
        let Some(topic) = self.topic(room).filter(|_| scope.allows(room)) else {
            return Ok(Err(UnknownRoom));
        };
        let cursor = self.answers.cursor(page.upto);
        Ok(Ok(History { messages: page.messages, cursor, more: page.more, topic }))
    }

    /// Lists the rooms, the most recently active first.
    pub fn rooms(&self, scope: &Scope) -> RoomList {
        let cursor = self.answers.cursor(self.head());
        let newest = self.state.rooms.newest(scope, ROOMS_LISTED);
        let mut rooms: Vec<RoomSummary> = newest.iter().map(|room| room.summary()).collect();
        // Asked again now that the summaries are in hand.
        rooms.retain(|room| scope.allows(&room.name));
        // Heads may have grown between the two reads.
        rooms.sort_unstable_by_key(|room| std::cmp::Reverse(room.head));
        RoomList { rooms, cursor }
    }

    /// Whether a room of this name exists.
    pub fn has_room(&self, name: &RoomName) -> bool {
        self.state.rooms.find(name).is_some()
    }

    /// The number of rooms.
    pub fn room_count(&self) -> usize {
        self.state.rooms.len()
    }

    /// Marks `person` as present in `rooms` until the lease is dropped and for a grace after that; rooms that
    /// do not exist or may not be read are skipped. `known` is the tag of the presence that the person was
    /// last told.
    pub fn enter(
        &self,
        scope: &Scope,
        person: &Person,
        rooms: &[RoomName],
        known: Option<&PresenceTag>,
    ) -> PresenceLease {
        let mut names: SmallVec<[_; 1]> = rooms.iter().filter(|room| scope.allows(room)).collect();
        names.sort_unstable();
        names.dedup();
        let rooms = names.into_iter().filter_map(|name| self.state.rooms.find(name));
        self.state.presence.enter(rooms, person, known)
    }

    /// Lets polls that wait for one of these rooms ask their scopes again: polls of a room that may not be read any more end
    /// at once, with [`PollError::UnknownRoom`]. To be called after a decision of [`Readers`](crate::Readers) has changed;
    /// with all rooms if it concerns a person everywhere.
    pub fn scopes_changed(&self, rooms: &RoomSelection) {
        match rooms {
            RoomSelection::All => self.state.notify_all(),
            RoomSelection::Named(names) => {
                names
                    .iter()
                    .filter_map(|name| self.state.rooms.find(name))
                    .for_each(|room| room.feed().notify());
            }
        }
    }

    /// Follows all entries from now on, also those that say who may do what. A follower who is too slow misses some, and is
    /// told.
    #[cfg(feature = "outgoing-hooks")]
    pub(crate) fn follow(&self) -> Followed {
        self.state.followed.subscribe()
    }

    /// Whether anybody follows.
    #[cfg(feature = "outgoing-hooks")]
    pub(crate) fn is_followed(&self) -> bool {
        self.state.followed.receiver_count() > 0
    }

    /// Ends this person's presence everywhere, without grace.
    pub fn leave(&self, person: &PersonId) {
        self.state.presence.leave(person);
    }

    /// Tells everyone this person's new nickname.
    pub fn rename(&self, person: &Person) {
        self.state.presence.rename(person);
    }

    /// The newest visible position.
    pub fn head(&self) -> Seq {
        self.state.head()
    }

    /// The log.
    pub fn log(&self) -> &dyn Log {
        &*self.log
    }

    /// The log, for whoever must not keep it open.
    #[cfg(feature = "outgoing-hooks")]
    pub(crate) fn weak_log(&self) -> Weak<dyn Log> {
        Arc::downgrade(&self.log)
    }

    /// The counters of operations and refusals.
    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.state.metrics
    }

    /// The configuration.
    pub fn config(&self) -> &HubConfig {
        &self.config
    }

    /// The number of polls held at this moment.
    pub fn held(&self) -> usize {
        self.state.held.load(Ordering::Relaxed)
    }

    /// Answers every held poll at once, and holds no more. Cannot be undone.
    pub fn close(&self) {
        self.state.close();
    }

    /// Whether [`Hub::close`] was called.
    pub fn is_closing(&self) -> bool {
        self.state.is_closing()
    }

    /// Resolves once this hub cannot continue, so that only a restart of the process helps.
    pub async fn failed(&self) {
        self.health.failed().await;
    }

    /// Whether this hub cannot continue.
    pub fn has_failed(&self) -> bool {
        self.health.has_failed()
    }

    /// Checks whether publishing and reading work now. Concurrent calls share one check.
    pub async fn readiness(&self) -> Result<(), NotReady> {
        if self.is_closing() {
            return Err(NotReady::Closing);
        }
        self.health.check(&*self.log).await
    }

    fn topic(&self, name: &RoomName) -> Option<Topic> {
        self.state.rooms.find(name).map(|room| room.summary().topic)
    }
}
