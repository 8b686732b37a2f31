//! Requests of an event loop that wait for the log: publishes, and held polls whose entries left memory.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::FutureExt as _;

use super::EventLoop;
use super::connections::{Publishing, Reading, State};
use super::request::Request;
use crate::http::begin_to_publish;
use crate::hub::PollError;
use crate::log::{Committed, Outcome};

impl EventLoop {
    /// Begins to append, if all is well with the request.
    pub(super) fn begin_publish(
        &mut self,
        number: usize,
        room: &str,
        body: &[u8],
        request: &Request<'_>,
        bytes: &[u8],
    ) -> bool {
        if self.app.hub.is_closing() {
            return false;
        }
        let Some(caller) = self.find_caller(number, request) else { return false };
        let outcome = begin_to_publish(&self.app, room, body, &caller, &request.credentials());
        let (Some(outcome), Some(connection)) = (outcome, self.connections.get_mut(number)) else {
            return false;
        };
        let request = Bytes::copy_from_slice(bytes);
        connection.state = State::Publishing(Box::new(Publishing { outcome, request }));
        self.settle(number);
        true
    }

    /// Answers what waits for the log if the log is done, and sees to it that we are woken if it is not yet.
    pub(super) fn settle(&mut self, number: usize) {
        let Some(connection) = self.connections.get_mut(number) else { return };
        let token = self.settled.token(u32::try_from(number).unwrap_or(u32::MAX));
        let waker = Waker::from(Arc::new(token));
        let publishing = match &mut connection.state {
            State::Publishing(publishing) => publishing,
            State::Reading(reading) => {
                let Reading { read, after } = &mut **reading;
                if let Poll::Ready(read) = read.poll_unpin(&mut Context::from_waker(&waker)) {
                    let hub = &self.app.hub;
                    // A gap is told to the poll that follows from the same position, which the router answers.
                    let answer = read.unwrap_or_else(|error| {
                        if !matches!(error, PollError::Gap { .. }) {
                            tracing::debug!(%error, "a held poll is answered without what it waited for");
                        }
                        hub.answers().nothing(*after)
                    });
                    self.connections.answer(hub, number, &answer);
                }
                return;
            }
            State::Idle | State::Held(_) | State::Writing(_) => return,
        };
        match publishing.outcome.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => {}
            Poll::Ready(Ok(Outcome::Appended(entry))) => self.confirm(number, &entry, true),
            Poll::Ready(Ok(Outcome::Repeated(entry))) => self.confirm(number, &entry, false),
            Poll::Ready(Ok(Outcome::Made(_) | Outcome::Unchanged) | Err(_)) => {
                let request = std::mem::take(&mut publishing.request);
                self.hand_over(number, request);
            }
        }
    }

    fn confirm(&mut self, number: usize, entry: &Committed, is_new: bool) {
        self.app.hub.metrics().answered(if is_new { 201 } else { 200 }, None);
        self.connections.confirm(number, entry, is_new, self.app.hub.is_closing());
    }
}
