//! The election of the tab that polls for all: by a lock, which the leader holds, or by messages where there are no
//! locks.

use std::rc::{Rc, Weak};
use std::time::Duration;

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;

use super::{Inner, Role, TabEvent};
use crate::api;
use crate::wire::tabs::TabMessage;

/// The time that a tab waits for a leader to reply. Hidden tabs receive messages, too.
const ELECTION: Duration = Duration::from_millis(400);

impl Inner {
    /// Requests the lock that the leader holds. Returns whether there are locks. With `steal` the leader is deposed.
    pub(super) fn request_lock(self: &Rc<Self>, steal: bool) -> bool {
        let Some(request) = api::request_lock(&api::shared_name("poll"), steal) else { return false };
        let (granted, over) = (Rc::downgrade(self), Rc::downgrade(self));
        spawn_local(async move {
            if let (Ok(lock), Some(inner)) = (request.granted.await, granted.upgrade()) {
                inner.lock.replace(Some(lock));
                inner.lead(false);
            }
        });
        spawn_local(async move {
            // An error also means no more than that the request is over.
            let _ = request.over.await;
            if let Some(inner) = over.upgrade() {
                inner.lose_lock(steal);
            }
        });
        true
    }

    fn lose_lock(self: &Rc<Self>, was_stolen_before: bool) {
        if self.channel.borrow().is_none() {
            return;
        }
        match self.role.get() {
            Role::Leader => {
                // A tab that steals had requested the lock before, and is still in the queue.
                if !was_stolen_before {
                    self.request_lock(false);
                }
                self.step_down();
            }
            // The lock was never granted, so perhaps no tab is allowed to hold it.
            Role::Follower if !was_stolen_before => {
                self.role.set(Role::Alone);
                self.tell.emit(TabEvent::Follows);
            }
            _ => {}
        }
    }

    /// Takes the lead. With `deposes` another leader stops.
    pub(super) fn lead(&self, deposes: bool) {
        self.election.take();
        self.role.set(Role::Leader);
        self.wishes.take();
        let tab = self.id.borrow().clone();
        self.leader.replace(Some(tab.clone()));
        self.say(&TabMessage::Lead { tab, deposes });
        self.tell.emit(TabEvent::Leads);
    }

    fn step_down(&self) {
        self.role.set(Role::Follower);
        self.wishes.take();
        self.tell.emit(TabEvent::Follows);
    }

    /// Takes the lead unless a leader replies in time.
    pub(super) fn await_leader(self: &Rc<Self>) {
        let weak: Weak<Self> = Rc::downgrade(self);
        let patience = ELECTION + api::jitter().fraction_of(ELECTION);
        self.leader.replace(None);
        self.election.replace(Some(Timeout::new(api::millis(patience), move || {
            if let Some(inner) = weak.upgrade() {
                inner.lead(false);
            }
        })));
    }

    /// Handles the other tabs' messages about the leader, where there are no locks.
    pub(super) fn take_part_in_election(self: &Rc<Self>, message: &TabMessage) {
        let is_leader = self.role.get() == Role::Leader;
        match message {
            TabMessage::Lead { tab, deposes } if is_leader => {
                if *deposes || *tab < *self.id.borrow() {
                    self.leader.replace(Some(tab.clone()));
                    self.step_down();
                } else {
                    self.lead(false);
                }
            }
            TabMessage::Lead { tab, .. } => {
                self.election.take();
                self.leader.replace(Some(tab.clone()));
            }
            TabMessage::Ask(wish) if is_leader && !self.wishes.borrow().has(&wish.tab) => {
                let tab = self.id.borrow().clone();
                self.say(&TabMessage::Lead { tab, deposes: false });
            }
            TabMessage::Batch { .. } if !is_leader => drop(self.election.take()),
            TabMessage::Bye { tab } if self.leader.borrow().as_ref() == Some(tab) => {
                self.await_leader();
            }
            _ => {}
        }
    }
}
