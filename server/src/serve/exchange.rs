//! Tracks one request and its response on a connection of hyper's, derived from hyper's use of the stream
//! below it and of the two bodies. Reads and writes nothing.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll};

use hyper::Method;
use hyper::body::{Body, Frame, SizeHint};

/// The progress of one request and its response. Only one task uses it; it is atomic so that the task may
/// move between threads.
#[derive(Debug, Default)]
pub(super) struct ExchangeState {
    state: AtomicU8,
    /// The number of the exchange, so that leftover bodies of an earlier one do not count.
    number: AtomicU32,
    /// Whether the request's method is a safe one.
    is_safe: AtomicBool,
    /// Whether the client closed its sending side while the request was answered.
    is_half_closed: AtomicBool,
}

/// No byte of a request was read, and the last response was written entirely.
const BETWEEN: u8 = 0;
/// Part of the head of a request was read.
const HEAD: u8 = 1;
/// A request is open: neither is its body read to the end nor the response written.
const OPEN: u8 = 2;
/// Half of the exchange is done: the request is read, or the response is written.
const HALF_DONE: u8 = 3;
/// Request and response are done, but the response may still be in a buffer.
const DONE: u8 = 4;
/// The next request is for an event loop.
const OVER: u8 = 5;

impl ExchangeState {
    /// Whether a request has arrived for which the connection must leave hyper.
    pub(super) fn is_over(&self) -> bool {
        self.is(OVER)
    }

    /// The number of requests read before.
    pub(super) fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// Whether no byte of a request was read, and every answer has been sent.
    pub(super) fn is_between(&self) -> bool {
        self.is(BETWEEN)
    }

    /// Whether only part of a head was read.
    pub(super) fn is_in_head(&self) -> bool {
        self.is(HEAD)
    }

    /// Whether a request with a safe method is being answered.
    pub(super) fn is_answering_a_read(&self) -> bool {
        (self.is(OPEN) || self.is(HALF_DONE)) && self.is_safe.load(Ordering::Relaxed)
    }

    /// Whether the client of such a request has closed its sending side.
    pub(super) fn is_half_closed(&self) -> bool {
        self.is_half_closed.load(Ordering::Relaxed) && self.is_answering_a_read()
    }

    pub(super) fn half_close(&self) {
        self.is_half_closed.store(true, Ordering::Relaxed);
    }

    /// Notes that the first bytes of a request were read.
    pub(super) fn begin_head(&self) {
        self.set(HEAD);
    }

    /// Notes that a request came for which the connection must leave hyper.
    pub(super) fn end(&self) {
        self.set(OVER);
    }

    /// Notes that the buffers are empty.
    pub(super) fn flushed(&self) {
        if self.is(DONE) {
            self.set(BETWEEN);
        }
    }

    fn is(&self, state: u8) -> bool {
        self.state.load(Ordering::Relaxed) == state
    }

    fn set(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
    }

    /// Begins an exchange, and returns its number.
    fn begin(&self, method: &Method) -> u32 {
        self.is_safe.store(method.is_safe(), Ordering::Relaxed);
        self.set(OPEN);
        self.number.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn one_part_is_done(&self, number: u32) {
        if self.number.load(Ordering::Relaxed) == number {
            self.set(if self.is(HALF_DONE) { DONE } else { HALF_DONE });
        }
    }
}

/// A body with a guard: that of a request is done when it was read to the end, that of a response when it was
/// written.
pub(super) struct TrackedBody<B: Body> {
    body: B,
    guard: ExchangeGuard,
    has_to_end: bool,
}

/// An exchange on a connection, identified by its number.
#[derive(Clone)]
pub(super) struct ExchangeGuard {
    exchange: Arc<ExchangeState>,
    number: u32,
}

impl ExchangeGuard {
    /// Begins an exchange when a request's head was read.
    pub(super) fn begin(exchange: &Arc<ExchangeState>, method: &Method) -> Self {
        Self { exchange: exchange.clone(), number: exchange.begin(method) }
    }
}

impl<B: Body> TrackedBody<B> {
    /// Tracks the body of a request. If it is not read to the end, the connection stays with hyper: the input
    /// that follows would be the rest of the body.
    pub(super) fn request(body: B, guard: ExchangeGuard) -> Self {
        Self { body, guard, has_to_end: true }
    }

    pub(super) fn answer(body: B, guard: ExchangeGuard) -> Self {
        Self { body, guard, has_to_end: false }
    }
}

impl<B: Body> Drop for TrackedBody<B> {
    fn drop(&mut self) {
        if !self.has_to_end || self.body.is_end_stream() {
            self.guard.exchange.one_part_is_done(self.guard.number);
        }
    }
}

impl<B: Body + Unpin> Body for TrackedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
