//! The progress of one request and its response on a connection of hyper's, derived from what hyper does with the stream below
//! it and with the two bodies. Reads and writes nothing.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll};

use hyper::Method;
use hyper::body::{Body, Frame, SizeHint};

/// The progress of one request and its response. One task alone touches it; it is atomic so that the task may move between
/// threads.
#[derive(Debug, Default)]
pub(super) struct ExchangeState {
    state: AtomicU8,
    /// The number of the exchange, so that bodies left over from an earlier one do not count.
    number: AtomicU32,
    /// Whether the request only reads.
    is_safe: AtomicBool,
    /// Whether the client closed its sending side while the request was answered.
    is_half_closed: AtomicBool,
}

/// Nothing of a request was read, and all of the last response was written.
const BETWEEN: u8 = 0;
/// A part of the head of a request was read.
const HEAD: u8 = 1;
/// A request is being read or answered: neither is its body read to the end nor the response written.
const OPEN: u8 = 2;
/// One of the two is done.
const HALF_DONE: u8 = 3;
/// Both are done, but the response may still be in a buffer.
const DONE: u8 = 4;
/// The next request is for an event loop.
const OVER: u8 = 5;

impl ExchangeState {
    /// Whether a request has arrived for which the connection is to be taken from hyper.
    pub(super) fn is_over(&self) -> bool {
        self.is(OVER)
    }

    /// How many requests were read before.
    pub(super) fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// Whether nothing of a request was read, and everything that was answered has left.
    pub(super) fn is_between(&self) -> bool {
        self.is(BETWEEN)
    }

    /// Whether only a part of a head was read.
    pub(super) fn is_in_head(&self) -> bool {
        self.is(HEAD)
    }

    /// Whether a request that only reads is being answered.
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

    /// Notes that a request came for which the connection is to be taken from hyper.
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

    /// Begins an exchange, and answers its number.
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

/// The body of a request, which is done when it was read to the end, or of a response, which is done when it was written.
pub(super) struct TrackedBody<B: Body> {
    body: B,
    guard: ExchangeGuard,
    has_to_end: bool,
}

/// One exchange on a connection, by its number.
#[derive(Clone)]
pub(super) struct ExchangeGuard {
    exchange: Arc<ExchangeState>,
    number: u32,
}

impl ExchangeGuard {
    /// Begins when a request was read.
    pub(super) fn begin(exchange: &Arc<ExchangeState>, method: &Method) -> Self {
        Self { exchange: exchange.clone(), number: exchange.begin(method) }
    }
}

impl<B: Body> TrackedBody<B> {
    /// The body of a request. One that is not read to the end keeps the connection from being taken: what follows on it
    /// would be the rest of the body.
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
