//! The stream below hyper: gives back input that was read before, cuts off clients that stop reading, notices a client that closes
//! its sending side while it is answered, and notices when, between two requests, the next one is for an event loop. Hyper is
//! not shown that request; the connection is taken from it instead.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::exchange::ExchangeState;
use super::fast_path::is_fast_path;
use super::stall::{Progress, StallRule};

/// A request that is longer than this stays with hyper.
const LONGEST: usize = 4096;

/// A stream with its first bytes put back.
pub(super) struct HandoffIo {
    stream: TokioIo<TcpStream>,
    first: Bytes,
    exchange: Arc<ExchangeState>,
    /// Whether an event loop waits for the connection.
    has_event_loop: bool,
    /// A request for an event loop, once it has come.
    next: Bytes,
    stall_rule: StallRule,
    progress: Progress,
    /// The end of the window in which the client has to make progress; `None` while the socket takes everything.
    window: Option<Pin<Box<Sleep>>>,
}

impl HandoffIo {
    pub(super) fn new(
        stream: TcpStream,
        first: Bytes,
        exchange: Arc<ExchangeState>,
        has_event_loop: bool,
        stall_rule: StallRule,
    ) -> Self {
        Self {
            stream: TokioIo::new(stream),
            first,
            exchange,
            has_event_loop,
            next: Bytes::new(),
            stall_rule,
            progress: Progress::default(),
            window: None,
        }
    }

    /// The stream, and the request that has arrived on it.
    pub(super) fn into_parts(self) -> (TcpStream, Bytes) {
        (self.stream.into_inner(), self.next)
    }

    /// Notes the progress of a write. While the socket takes nothing, the window runs.
    fn after_write(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(length)) => {
                self.progress.add(length);
                if self.progress.is_enough() {
                    self.end_window();
                }
                written
            }
            Poll::Ready(Err(_)) => written,
            Poll::Pending => self.poll_window(context, bytes),
        }
    }

    fn poll_window(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            let length = self.stall_rule.window;
            let window = self.window.get_or_insert_with(|| Box::pin(sleep(length)));
            ready!(window.as_mut().poll(context));
            self.window = None;
            // The kernel reports room only when there is a good deal of it. What the client has taken until now shows when
            // it is tried, whatever tokio knows.
            let taken = match SockRef::from(self.stream.inner()).send(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
                taken => taken?,
            };
            self.progress.add(taken);
            let socket = SockRef::from(self.stream.inner());
            if !self.stall_rule.allows_next_window(&mut self.progress, &socket) {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            if taken > 0 {
                return Poll::Ready(Ok(taken));
            }
        }
    }

    fn end_window(&mut self) {
        self.progress = Progress::default();
        self.window = None;
    }

    /// Reads the first bytes of a request, unless it is one for an event loop.
    fn poll_first_read(
        &mut self,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut bytes = [MaybeUninit::uninit(); LONGEST];
        let length = bytes.len().min(buffer.remaining());
        let mut read = ReadBuf::uninit(&mut bytes[..length]);
        ready!(Pin::new(self.stream.inner_mut()).poll_read(context, &mut read))?;
        let read = read.filled();
        if is_fast_path(read) {
            self.exchange.end();
            self.next = Bytes::copy_from_slice(read);
            return Poll::Pending;
        }
        if !read.is_empty() {
            self.exchange.begin_head();
        }
        buffer.put_slice(read);
        Poll::Ready(Ok(()))
    }

    /// Looks whether the client has closed its sending side while a request that only reads is answered. Hyper does not
    /// look, so that requests of clients that close early are answered.
    fn poll_half_close(&mut self, context: &mut Context<'_>) {
        if self.exchange.is_answering_a_read() && !self.exchange.is_half_closed() {
            let mut byte = [0];
            let peeked = self.stream.inner().poll_peek(context, &mut ReadBuf::new(&mut byte));
            // Behind a request that came early nothing can be seen.
            if matches!(peeked, Poll::Ready(Ok(0) | Err(_))) {
                self.exchange.half_close();
            }
        }
    }
}

impl Read for HandoffIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let is_between = this.exchange.is_between();
        if !this.first.is_empty() {
            let length = this.first.len().min(buffer.remaining());
            buffer.put_slice(&this.first[..length]);
            this.first.advance(length);
            if is_between {
                this.exchange.begin_head();
            }
            return Poll::Ready(Ok(()));
        }
        if is_between && this.has_event_loop {
            return this.poll_first_read(context, buffer);
        }
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        // Or the client has closed the connection, of which hyper makes an end by itself.
        if is_between {
            this.exchange.begin_head();
        }
        Poll::Ready(Ok(()))
    }
}

impl Write for HandoffIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.after_write(context, bytes, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| slice);
        self.after_write(context, first, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        // Hyper flushes once it has written everything.
        self.end_window();
        self.exchange.flushed();
        self.poll_half_close(context);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
