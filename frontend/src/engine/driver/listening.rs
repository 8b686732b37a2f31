//! Listens to the leading tab instead of holding a poll, and handles the events among the tabs meanwhile.

use std::rc::Rc;
use std::time::Duration;

use gloo_timers::callback::Timeout;
use holdline_shared::{Batch, Cursor, Event, RoomName, Status};

use super::{Inner, Listening};
use crate::api::{self, AbortOnDrop};
use crate::engine::news::News;
use crate::engine::tabs::TabEvent;

/// The minimum time beyond the leader's own watchdog after which its silence counts as its end.
const SLACK: Duration = Duration::from_secs(5);

/// The time for which a leader may report that it receives no response before this tab tries itself.
const TROUBLED: Duration = Duration::from_secs(4);

impl Inner {
    /// Waits for the leader's answers in place of holding a poll, for as long as the leader would.
    pub(super) fn listen(self: &Rc<Self>, watchdog: Duration) {
        if self.is_unheard.take() {
            self.tell_wish();
        }
        if self.position().is_some_and(|at| self.followed.borrow_mut().must_catch_up(at)) {
            return self.feed(Event::Suspended);
        }
        // With jitter, so that not all tabs take over at once: the first one tells the others.
        let patience = watchdog + SLACK + api::jitter().fraction_of(SLACK);
        self.listening.set(Some(Listening { patience }));
        self.listen_for(patience, Self::replace_leader);
        if self.is_leader_troubled.get() {
            // This tab receives responses and the leader does not.
            self.replace_leader();
        }
    }

    /// Calls `end` after `patience` without a message from the leader.
    fn listen_for(self: &Rc<Self>, patience: Duration, end: impl FnOnce(&Rc<Self>) + 'static) {
        let (inner, turn) = (Rc::downgrade(self), self.next_turn());
        let timer = Timeout::new(api::millis(patience), move || {
            if let Some(inner) = inner.upgrade().filter(|inner| inner.turn.get() == turn) {
                end(&inner);
            }
        });
        self.outstanding.replace(Some((AbortOnDrop::default(), timer)));
    }

    /// Handles an event among the tabs.
    pub(super) fn hear_tab(self: &Rc<Self>, event: TabEvent) {
        match event {
            TabEvent::Leads => {
                self.is_leader_troubled.set(false);
                // The first tab has just received a response itself and needs no probe. After another leader the
                // connection may be dead.
                let is_unsure = self.has_followed.take();
                if self.listening.take().is_some() {
                    self.feed(if is_unsure { Event::Suspended } else { Event::Start });
                }
            }
            TabEvent::Follows => {
                self.tell_wish();
                self.poll_anew();
            }
            TabEvent::WishesChanged => self.poll_anew(),
            TabEvent::NewLeader => {
                self.has_followed.set(true);
                self.tell_wish();
                self.hear_leader();
            }
            TabEvent::Hurried => self.tell.emit(News::Hurried),
            TabEvent::Doubted => self.check(),
            TabEvent::Status(status) => self.hear_trouble(status),
            TabEvent::Answer { from, rooms, batch } => self.hear_answer(from, &rooms, batch),
        }
    }

    /// Notes that the leader is alive and receives responses.
    fn hear_leader(self: &Rc<Self>) {
        self.is_leader_troubled.set(false);
        if let Some(Listening { patience }) = self.listening.get() {
            self.listen_for(patience, Self::replace_leader);
        }
    }

    /// Takes the lead from a tab that has gone silent, receives no responses or may be frozen.
    pub(super) fn replace_leader(self: &Rc<Self>) {
        self.has_followed.set(true);
        self.tabs.take_over();
    }

    /// Handles a leader without responses. Perhaps no tab receives any; perhaps only that one does not.
    fn hear_trouble(self: &Rc<Self>, status: Status) {
        self.has_followed.set(true);
        if self.listening.get().is_some() {
            self.tell.emit(News::Status(status));
            if !self.is_leader_troubled.replace(true) {
                self.listen_for(TROUBLED + api::jitter().fraction_of(TROUBLED), |inner| {
                    inner.feed(Event::Suspended);
                });
            }
        }
    }

    fn hear_answer(self: &Rc<Self>, from: Cursor, rooms: &[RoomName], batch: Batch) {
        self.has_followed.set(true);
        let Some(position) = self.position() else { return };
        self.is_leader_troubled.set(false);
        let covers_mine = self.wanted.borrow().rooms.iter().all(|room| rooms.contains(room));
        if self.listening.get().is_none() {
            self.followed.borrow_mut().skip(batch.cursor);
            return self.feed(Event::Hurry);
        }
        self.is_unheard.set(!covers_mine);
        if !covers_mine || !self.followed.borrow_mut().fits(position, from, batch.cursor) {
            return self.feed(Event::Suspended);
        }
        if batch.is_empty() {
            // The machine would take this for a server that releases polls early.
            self.hear_leader();
            self.tell.emit(News::Status(Status::Live));
        } else {
            self.feed(Event::Answered(batch));
        }
    }
}
