//! How other threads speak to an event loop.

use std::sync::Arc;
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
    /// `None` once the loop has ended.
    messages: Mutex<Option<Vec<Message>>>,
}

impl Remote {
    pub(super) fn new(bell: mio::Waker) -> Self {
        Self { bell, messages: Mutex::new(Some(Vec::new())) }
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

    fn ring(&self) {
        if let Err(error) = self.bell.wake() {
            tracing::error!(%error, "an event loop could not be woken");
        }
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
