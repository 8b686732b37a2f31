//! The events, actions and states of the subscription. Plain types; `subscription.rs` has the transitions.

use std::time::Duration;

use crate::{After, Batch, Cursor, PresenceTag, Problem, Seq};

/// A moment on the driver's monotonic clock.
pub type Moment = Duration;

/// An input of the machine.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The driver starts, the set of rooms changed and needs a new poll, or this driver polls for others from now on.
    Start,
    /// The server answered the poll.
    Answered(Batch),
    /// The server answered the poll, repair or renewal with an error status.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem in the answer's body; proxies answer without one.
        problem: Option<Problem>,
        /// The answer's `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// The request got no valid answer: the connection failed to open or broke, or the answer was cut or malformed.
    Failed {
        /// The reason, for people.
        why: String,
    },
    /// The watchdog expired without an answer.
    TimedOut,
    /// The sleep ended.
    Woke,
    /// The person chose "retry now", or the page became visible: a sleep ends early.
    Hurry,
    /// The computer was suspended or its clock was set forward, so that the outstanding request is probably dead.
    /// Optional for drivers that cannot detect this: the machine infers the same from a clock that is far ahead.
    Suspended,
    /// The browser reports that the network is back.
    Online,
    /// The browser reports that the network is lost.
    Offline,
    /// The gap was repaired with history read at this cursor.
    Repaired(Cursor),
    /// The driver has a new session.
    Renewed,
}

/// A command to the driver.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Polls; after `watchdog`, aborts the poll and reports [`Event::TimedOut`].
    Poll {
        /// The position to read from.
        after: After,
        /// The hold to ask for.
        wait: Duration,
        /// The time after which a missing answer counts as a failure.
        watchdog: Duration,
        /// The known state of presence; `None` before the first.
        presence: Option<PresenceTag>,
        /// The last known change of the person's memberships; zero before the first.
        memberships: Seq,
    },
    /// Waits, then reports [`Event::Woke`].
    Sleep(Duration),
    /// Fetches history again and reports [`Event::Repaired`]. The screen keeps its content meanwhile.
    Repair,
    /// Gets a session and reports [`Event::Renewed`]. Cursor and outbox are kept.
    RenewSession,
}

/// The decision about the outstanding action.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// The outstanding action continues.
    Keep,
    /// The action to do next, in place of the outstanding one.
    Do(Action),
}

/// The state of the connection, for display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// The first answer has not arrived yet.
    Connecting,
    /// The last poll was answered, and the next one is sent or held.
    Live,
    /// The last poll failed, or a stopping server released it early; the next one follows at `at`.
    Reconnecting {
        /// The time of the next poll, on the driver's clock.
        at: Moment,
        /// The reason, for people.
        why: String,
    },
    /// A poll after a failure is outstanding.
    Retrying,
    /// The browser reports no network, and the last poll failed.
    Offline,
    /// The server refused the poll; the next one follows at `at`.
    Refused {
        /// The time of the next poll, on the driver's clock.
        at: Moment,
        /// The problem's text.
        why: String,
    },
    /// The driver fetches history to close a gap.
    Repairing,
}

/// The machine's output for an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// News to show before anything else happens. Contains only entries that were not delivered before.
    pub deliver: Option<Batch>,
    /// The decision about the outstanding action.
    pub next: Next,
}
