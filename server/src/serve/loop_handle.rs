//! The handle by which other threads send commands to an event loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::task::Wake;

use parking_lot::Mutex;

use super::end_output::end_output;
use super::handoff::Handoff;

/// A command to an event loop.
pub(super) enum Command {
    /// Adopt a connection: a new one, or one on which hyper has read a request for the loop.
    Adopt(Handoff),
    /// Stop accepting, and end after the last connection.
    Drain,
    /// End at once.
    Abort,
}

/// An event loop as other threads see it.
pub(super) struct LoopHandle {
    waker: mio::Waker,
    /// Whether the loop will check its commands before it sleeps again.
    is_awake: AtomicBool,
    /// The commands for the loop; `None` once it has ended.
    commands: Mutex<Option<Vec<Command>>>,
}

impl LoopHandle {
    pub(super) fn new(waker: mio::Waker) -> Self {
        Self { waker, is_awake: AtomicBool::new(true), commands: Mutex::new(Some(Vec::new())) }
    }

    /// Sends a command. After the end of the loop, a command does nothing, and the connection of an `Adopt` is closed.
    pub(super) fn send(&self, command: Command) {
        let is_first = match &mut *self.commands.lock() {
            Some(commands) => {
                commands.push(command);
                commands.len() == 1
            }
            None => return end(&command),
        };
        if is_first {
            self.notify();
        }
    }

    /// Wakes the loop if it may be asleep. To be called after the change that the loop has to find.
    fn notify(&self) {
        // One of the two sides sees the other's change: the loop announces its sleep and then checks once
        // more; this side makes a change and then checks whether the loop sleeps.
        fence(Ordering::SeqCst);
        if !self.is_awake.load(Ordering::Relaxed)
            && let Err(error) = self.waker.wake()
        {
            tracing::error!(%error, "an event loop could not be woken");
        }
    }

    /// Announces that the loop goes to sleep, unless a change is waiting.
    pub(super) fn falls_asleep(&self) {
        self.is_awake.store(false, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// Announces that the loop will check everything before it sleeps again.
    pub(super) fn wakes_up(&self) {
        self.is_awake.store(true, Ordering::Relaxed);
    }

    /// Whether commands are waiting.
    pub(super) fn has_commands(&self) -> bool {
        self.commands.lock().as_ref().is_some_and(|commands| !commands.is_empty())
    }

    /// Takes the waiting commands.
    pub(super) fn take(&self) -> Vec<Command> {
        self.commands.lock().as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Accepts no more commands.
    pub(super) fn close(&self) {
        self.commands.lock().take().iter().flatten().for_each(end);
    }
}

/// Ends the output of a connection that no loop takes any more.
fn end(command: &Command) {
    if let Command::Adopt(handoff) = command {
        end_output(&handoff.stream);
    }
}

/// Lets the hub and futures wake the loop.
impl Wake for LoopHandle {
    fn wake(self: Arc<Self>) {
        self.notify();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.notify();
    }
}
