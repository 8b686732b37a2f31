//! The stream below hyper: gives back what was read of it before, and notices when, between two requests, the next one
//! is for an event loop. That one hyper is not shown; the connection is taken from it instead.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use hyper::body::{Body, Frame, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;

use super::event_loop::is_ours;

/// A request that is longer than this stays with hyper.
const LONGEST: usize = 4096;

/// A stream with its first bytes put back.
pub(super) struct Boundary {
    stream: TokioIo<TcpStream>,
    first: Bytes,
    /// `None` when there are no event loops.
    exchange: Option<Arc<Exchange>>,
    /// A request for an event loop.
    next: Bytes,
}

/// How far the exchange of one request and its answer has come. One task looks after all of it; it is atomic so that the
/// task may move between threads.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    state: AtomicU8,
    /// Which exchange it is, so that what is left of an earlier one does not count.
    number: AtomicU32,
}

/// Nothing of a request was read, and everything that was answered has left.
const BETWEEN: u8 = 0;
/// A request is being read or answered; its body is not read to the end, nor is the answer written.
const OPEN: u8 = 1;
/// One of them is done.
const HALF_DONE: u8 = 2;
/// Both are, but the answer may still have to leave.
const DONE: u8 = 3;
/// The next request is for an event loop.
const OVER: u8 = 4;

impl Exchange {
    /// Whether a request has arrived for which the connection is to be taken from hyper.
    pub(super) fn is_over(&self) -> bool {
        self.is(OVER)
    }

    fn is(&self, state: u8) -> bool {
        self.state.load(Ordering::Relaxed) == state
    }

    fn set(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
    }

    /// A request has been read; answers the number of the exchange.
    fn begin(&self) -> u32 {
        self.set(OPEN);
        self.number.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn one_part_is_done(&self, number: u32) {
        if self.number.load(Ordering::Relaxed) == number {
            self.set(if self.is(HALF_DONE) { DONE } else { HALF_DONE });
        }
    }
}

impl Boundary {
    pub(super) fn new(stream: TcpStream, first: Bytes, exchange: Option<Arc<Exchange>>) -> Self {
        Self { stream: TokioIo::new(stream), first, exchange, next: Bytes::new() }
    }

    /// The stream, and the request that has arrived on it.
    pub(super) fn into_parts(self) -> (TcpStream, Bytes) {
        (self.stream.into_inner(), self.next)
    }
}

impl Read for Boundary {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let between = this.exchange.as_ref().filter(|exchange| exchange.is(BETWEEN));
        if !this.first.is_empty() {
            let length = this.first.len().min(buffer.remaining());
            buffer.put_slice(&this.first[..length]);
            this.first.advance(length);
            if let Some(exchange) = between {
                exchange.set(OPEN);
            }
            return Poll::Ready(Ok(()));
        }
        let Some(exchange) = between else { return Pin::new(&mut this.stream).poll_read(context, buffer) };
        let mut bytes = [0; LONGEST];
        let length = bytes.len().min(buffer.remaining());
        let mut read = ReadBuf::new(&mut bytes[..length]);
        ready!(Pin::new(this.stream.inner_mut()).poll_read(context, &mut read))?;
        let read = read.filled();
        if is_ours(read) {
            exchange.set(OVER);
            this.next = Bytes::copy_from_slice(read);
            return Poll::Pending;
        }
        if !read.is_empty() {
            exchange.set(OPEN);
        }
        buffer.put_slice(read);
        Poll::Ready(Ok(()))
    }
}

impl Write for Boundary {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        // Hyper flushes once it has written everything.
        if let Some(exchange) = self.exchange.as_ref().filter(|exchange| exchange.is(DONE)) {
            exchange.set(BETWEEN);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A request's body, which is done when it was read to the end, or an answer's, which is when it was written.
pub(super) struct Part<B: Body> {
    body: B,
    exchange: Option<Turn>,
    has_to_end: bool,
}

/// One exchange on a connection.
#[derive(Clone)]
pub(super) struct Turn {
    exchange: Arc<Exchange>,
    number: u32,
}

impl Turn {
    /// Begins when a request was read.
    pub(super) fn begin(exchange: &Arc<Exchange>) -> Self {
        Self { exchange: exchange.clone(), number: exchange.begin() }
    }
}

impl<B: Body> Part<B> {
    /// The body of a request. One that is not read to the end keeps the connection from being taken: what follows on it
    /// would be the rest of the body.
    pub(super) fn request(body: B, exchange: Option<Turn>) -> Self {
        Self { body, exchange, has_to_end: true }
    }

    pub(super) fn answer(body: B, exchange: Option<Turn>) -> Self {
        Self { body, exchange, has_to_end: false }
    }
}

impl<B: Body> Drop for Part<B> {
    fn drop(&mut self) {
        if let Some(turn) = &self.exchange
            && (!self.has_to_end || self.body.is_end_stream())
        {
            turn.exchange.one_part_is_done(turn.number);
        }
    }
}

impl<B: Body + Unpin> Body for Part<B> {
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
