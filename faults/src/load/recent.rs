//! Messages that were published lately, for whoever wants to react to one.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use fastrand::Rng;
use holdline_shared::{RoomName, Seq};

/// Messages that are remembered; reactions come soon or never.
const REMEMBERED: usize = 64;

/// Shared by all publishers of a round.
#[derive(Default)]
pub(crate) struct Recent {
    messages: Mutex<VecDeque<(RoomName, Seq)>>,
}

impl Recent {
    /// Somebody has published this.
    pub(super) fn add(&self, room: RoomName, seq: Seq) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() == REMEMBERED {
            messages.pop_front();
        }
        messages.push_back((room, seq));
    }

    /// Any of them.
    pub(super) fn draw(&self, rng: &mut Rng) -> Option<(RoomName, Seq)> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        rng.choice(messages.iter()).cloned()
    }
}
