//! Recently published messages, from which publishers choose one to react to.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use fastrand::Rng;
use holdline_shared::{RoomName, Seq};

/// The number of messages kept: reactions follow soon or never.
const REMEMBERED: usize = 64;

/// The recent messages of all publishers of a round.
#[derive(Default)]
pub(crate) struct RecentMessages {
    messages: Mutex<VecDeque<(RoomName, Seq)>>,
}

impl RecentMessages {
    /// Adds a published message.
    pub(super) fn add(&self, room: RoomName, seq: Seq) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() == REMEMBERED {
            messages.pop_front();
        }
        messages.push_back((room, seq));
    }

    /// Chooses a message at random.
    pub(super) fn draw(&self, rng: &mut Rng) -> Option<(RoomName, Seq)> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        rng.choice(messages.iter()).cloned()
    }
}
