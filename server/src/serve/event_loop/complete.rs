//! The completion of a poll: because there is something to tell, because its time is up, or because the log was read for it.

use std::sync::Arc;

use super::EventLoop;
use super::connection::State;
use crate::hub::{self, Completed, LogReads};

impl EventLoop {
    /// Answers a connection that waits for a read of the log, if the read is done.
    pub(super) fn poll_pending(&mut self, number: usize) {
        let token = self.ready.token(u32::try_from(number).unwrap_or(u32::MAX));
        self.connections.poll_pending(&self.app.hub, number, &Arc::new(token).into());
    }

    /// Answers the held polls for which there is something to tell.
    pub(super) fn answer_held(&mut self) {
        let mut reads = LogReads::default();
        let mut not_cached = Vec::new();
        let Self { held, connections, app, .. } = self;
        held.deliver_ready(connections.now, |completed| {
            if completed.needs_log() {
                not_cached.push(completed);
            } else {
                let (number, answer) = app.hub.answers().answer(completed);
                connections.reply_to_poll(&app.hub, number as usize, answer);
            }
        });
        for completed in not_cached {
            self.answer(completed, &mut reads);
        }
    }

    /// Answers a poll, at once or when the log was read for it.
    pub(super) fn answer(&mut self, completed: Completed<u32>, reads: &mut LogReads) {
        let (number, reply) = reads.reply(self.app.hub.answers(), completed);
        let number = number as usize;
        match reply {
            hub::Reply::Ready(answer) => self.connections.reply_to_poll(&self.app.hub, number, answer),
            hub::Reply::Reading(read) => {
                if let Some(connection) = self.connections.get_mut(number) {
                    connection.state = State::Reading(Box::new(read));
                    self.poll_pending(number);
                }
            }
        }
    }

    /// Does what is due for a connection whose deadline has passed.
    pub(super) fn time_is_up(&mut self, number: usize) {
        match self.connections.get_mut(number).map(|connection| &connection.state) {
            Some(&State::Held { id, .. }) => {
                if let Some(completed) = self.held.expire(id) {
                    self.answer(completed, &mut LogReads::default());
                }
            }
            Some(State::Idle) => self.connections.finish(number),
            Some(State::Writing(_)) => self.connections.check_progress(number),
            // The read of the log will answer.
            Some(State::Reading(_)) | None => {}
        }
    }
}
