//! The actions of the subscription machine: poll, pause, repair, renewal. Each has a time limit and ends with an event.

use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::Duration;

use gloo_timers::callback::Timeout;
use holdline_shared::{Action, After, Event, PollQuery, ProblemCode, RoomSelection};
use wasm_bindgen_futures::spawn_local;

use super::Inner;
use crate::api::{self, AbortOnDrop, Fault, Signal};
use crate::engine::news::News;
use crate::engine::tabs::Role;

/// The time limit of a repair or a renewal.
const PATIENCE: Duration = Duration::from_secs(30);

impl Inner {
    /// Starts an action in place of the previous one.
    pub(super) fn begin(self: &Rc<Self>, action: Action) {
        self.next_turn();
        self.listening.set(None);
        if let Action::Poll { wait, watchdog, .. } = &action
            && !wait.is_zero()
            && self.tabs.role() == Role::Follower
        {
            return self.listen(*watchdog);
        }
        if matches!(action, Action::Poll { .. }) && self.rooms_to_poll().is_empty() {
            // As after the deletion of the only room.
            self.outstanding.replace(None);
            return;
        }
        let guard = AbortOnDrop::new();
        let signal = guard.signal();
        let timer = match action {
            Action::Sleep(pause) => self.timer(pause, Event::Woke),
            Action::Poll { after, wait, watchdog, presence, memberships } => {
                let query = PollQuery {
                    rooms: RoomSelection::Named(self.rooms_to_poll()),
                    after,
                    wait: Some(wait),
                    here: self.rooms_to_be_in(),
                    presence,
                    memberships: Some(memberships),
                };
                self.spawn(poll(Rc::downgrade(self), query, watchdog, signal));
                self.timer(watchdog, Event::TimedOut)
            }
            Action::Repair => {
                // The poll may have been refused for the room of a tab that cannot take it back, because it is frozen.
                self.tabs.forget_wishes();
                let repair = (self.repair)(signal);
                self.spawn(async move { (repair.await.map_or_else(Event::from, Event::Repaired), None) });
                self.timer(PATIENCE, Event::TimedOut)
            }
            Action::RenewSession => {
                let renewed = (self.renew)();
                self.spawn(async move {
                    match renewed.await {
                        Ok(me) => (Event::Renewed, Some(News::SignedIn(me))),
                        Err(fault) => (fault.into(), None),
                    }
                });
                self.timer(PATIENCE, Event::TimedOut)
            }
        };
        self.outstanding.replace(Some((guard, timer)));
    }

    fn spawn(self: &Rc<Self>, action: impl Future<Output = (Event, Option<News>)> + 'static) {
        let finish = self.finish();
        spawn_local(async move {
            let (event, news) = action.await;
            finish(event, news);
        });
    }

    fn timer(self: &Rc<Self>, time: Duration, event: Event) -> Timeout {
        let finish = self.finish();
        Timeout::new(api::millis(time), move || finish(event, None))
    }

    /// Finishes the current action, unless it was replaced or the driver is gone.
    fn finish(self: &Rc<Self>) -> impl FnOnce(Event, Option<News>) + 'static {
        let (inner, turn): (Weak<Self>, u64) = (Rc::downgrade(self), self.turn.get());
        move |event, news| {
            if let Some(inner) = inner.upgrade().filter(|inner| inner.turn.get() == turn) {
                if let Some(news) = news {
                    inner.tell.emit(news);
                }
                inner.feed(event);
            }
        }
    }
}

async fn poll(
    inner: Weak<Inner>,
    query: PollQuery,
    deadline: Duration,
    signal: Signal,
) -> (Event, Option<News>) {
    match api::poll(&query, deadline, &signal).await {
        Ok(batch) => {
            if let (Some(inner), After::At(from), RoomSelection::Named(rooms)) =
                (inner.upgrade(), query.after, query.rooms)
            {
                inner.tabs.share_answer(from, rooms, &batch);
            }
            (Event::Answered(batch), None)
        }
        Err(Fault::SignInNeeded) => (Fault::SignInNeeded.into(), Some(News::SignInNeeded)),
        Err(fault) if fault.code() == Some(ProblemCode::Banned) => {
            (fault.clone().into(), Some(News::ShutOut(fault)))
        }
        Err(fault) => (fault.with_missing_room_as_gap().into(), None),
    }
}
