//! The stream below hyper: replays input that was read before, cuts off clients that stop reading, detects
//! that a client closes its sending side while it is answered, and detects, between two requests, that the
//! next one is for an event loop. Such a request is hidden from hyper; the connection is taken back instead.

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

use super::end_output::end_output;
use super::exchange::ExchangeState;
use super::fast_path::is_fast_path;
use super::stall::{Progress, StallRule};

/// The length in bytes from which a request stays with hyper.
const LONGEST: usize = 4096;

/// A stream that first replays its input.
pub(super) struct HandoffIo {
    stream: TokioIo<TcpStream>,
    first: Bytes,
    exchange: Arc<ExchangeState>,
    /// Whether an event loop can take the connection back.
    has_event_loop: bool,
    /// The request for an event loop, once it has arrived.
    next: Bytes,
    stall_rule: StallRule,
    progress: Progress,
    /// The end of the window in which the client has to make progress; `None` while the socket accepts all
    /// output.
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

    /// The stream, and the request for an event loop that has arrived.
    pub(super) fn into_parts(self) -> (TcpStream, Bytes) {
        (self.stream.into_inner(), self.next)
    }

    /// Notes the progress of a write. While the socket accepts nothing, the window runs.
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
            // The kernel reports a socket as writable only with considerable space. A write shows how much
            // the client has taken so far, whatever tokio has heard.
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

    /// Reads the first bytes of a request, and keeps them from hyper if the request is for an event loop.
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

    /// Checks whether the client has closed its sending side while a safe request is answered. Hyper does not
    /// check, so that clients that close early get their answers.
    fn poll_half_close(&mut self, context: &mut Context<'_>) {
        if self.exchange.is_answering_a_read() && !self.exchange.is_half_closed() {
            let mut byte = [0];
            let peeked = self.stream.inner().poll_peek(context, &mut ReadBuf::new(&mut byte));
            // A close behind an early request cannot be seen.
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
        // Or the client has closed the connection, which hyper handles itself.
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
        // Hyper flushes after it has written everything.
        self.end_window();
        self.exchange.flushed();
        self.poll_half_close(context);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        end_output(self.stream.inner());
        Poll::Ready(Ok(()))
    }
}
