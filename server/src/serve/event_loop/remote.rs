//! How other threads speak to an event loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::task::Wake;

use parking_lot::Mutex;

use crate::serve::plain::Traveller;

/// What an event loop can be told.
pub(super) enum Message {
    /// A connection, new or one on which a poll has come.
    Take(Traveller),
    /// Accept no more, and end once the last connection has.
    Stop,
    /// End now.
    Cut,
}

/// An event loop, seen from other threads.
pub(crate) struct Remote {
    bell: mio::Waker,
    /// Whether it will look at what there is before it sleeps again.
    is_awake: AtomicBool,
    /// `None` once the loop has ended.
    messages: Mutex<Option<Vec<Message>>>,
}

impl Remote {
    pub(super) fn new(bell: mio::Waker) -> Self {
        Self { bell, is_awake: AtomicBool::new(true), messages: Mutex::new(Some(Vec::new())) }
    }

    /// Gives it a connection.
    pub(in crate::serve) fn send(&self, traveller: Traveller) {
        self.tell(Message::Take(traveller));
    }

    pub(in crate::serve) fn stop(&self) {
        self.tell(Message::Stop);
    }

    pub(in crate::serve) fn cut(&self) {
        self.tell(Message::Cut);
    }

    fn tell(&self, message: Message) {
        // After its end nobody is interested; a connection that comes then is closed by being dropped.
        let is_first = self.messages.lock().as_mut().is_some_and(|messages| {
            messages.push(message);
            messages.len() == 1
        });
        if is_first {
            self.ring();
        }
    }

    /// Wakes the loop if it may be asleep. Whatever it is to find must be there already.
    fn ring(&self) {
        // One of the two sees what the other has done: the loop says that it goes to sleep and then looks once more,
        // we put something there and then look whether it sleeps.
        fence(Ordering::SeqCst);
        if !self.is_awake.load(Ordering::Relaxed)
            && let Err(error) = self.bell.wake()
        {
            tracing::error!(%error, "an event loop could not be woken");
        }
    }

    /// The loop goes to sleep, unless there is something that it has not seen.
    pub(super) fn falls_asleep(&self) {
        self.is_awake.store(false, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// The loop will look at everything before it sleeps again.
    pub(super) fn wakes_up(&self) {
        self.is_awake.store(true, Ordering::Relaxed);
    }

    /// Whether something was said.
    pub(super) fn has_messages(&self) -> bool {
        self.messages.lock().as_ref().is_some_and(|messages| !messages.is_empty())
    }

    /// What was said since the last time.
    pub(super) fn take(&self) -> Vec<Message> {
        self.messages.lock().as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Takes no more messages.
    pub(super) fn close(&self) {
        *self.messages.lock() = None;
    }
}

/// For the hub: a ring says that rooms have to be looked at.
impl Wake for Remote {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}
