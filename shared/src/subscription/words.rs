//! What the machine is told and what it says. Words only; what follows from them is decided beside this file.

use std::time::Duration;

use crate::{After, Batch, Cursor, PresenceTag, Problem};

/// A moment on the driver's monotonic clock.
pub type Moment = Duration;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The driver begins. Also: the set of rooms changed, poll again with the new one.
    Start,
    /// The poll was answered.
    Answered(Batch),
    /// The poll, repair or renewal was answered with an error status.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem, when the answer was one; proxies answer otherwise.
        problem: Option<Problem>,
        /// The answer's `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// No answer: the connection could not be made, broke, or the answer was cut or not what it should be.
    Failed {
        /// Why, for people.
        why: String,
    },
    /// The watchdog's time passed without an answer.
    TimedOut,
    /// The sleep is over.
    Woke,
    /// "Now", or the page became visible: do not wait any longer.
    Hurry,
    /// The machine has slept or its clock was put forward: what was outstanding is probably dead without knowing it. A
    /// driver that cannot tell need not say it; a clock that is far ahead at any other event is taken for the same.
    Leapt,
    /// The browser says that there is a network again.
    Online,
    /// The browser says that there is none.
    Offline,
    /// The gap was repaired from history read at this cursor.
    Repaired(Cursor),
    /// There is a session again.
    Renewed,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Poll; give up as [`Event::TimedOut`] after `watchdog`.
    Poll {
        /// From where.
        after: After,
        /// How long to ask the server to hold.
        wait: Duration,
        /// How long until silence counts as a failure.
        watchdog: Duration,
        /// The presence that is known; `None` before the first.
        presence: Option<PresenceTag>,
    },
    /// Wait, then say [`Event::Woke`].
    Sleep(Duration),
    /// Fetch history anew and say [`Event::Repaired`]. The screen stays as it is meanwhile.
    Repair,
    /// Get a session and say [`Event::Renewed`]. Cursor and outbox stay.
    RenewSession,
}

/// What becomes of the outstanding action.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// It goes on.
    Keep,
    /// It is replaced by this one.
    Do(Action),
}

/// What is true about the connection, to be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// No answer yet.
    Connecting,
    /// The last poll was answered and the next is on its way or held.
    Live,
    /// The last poll failed, or the server let it go early because it is stopping; another comes at this moment.
    Reconnecting {
        /// When, on the driver's clock.
        at: Moment,
        /// Why, for people.
        why: String,
    },
    /// Trying again right now.
    Retrying,
    /// The browser says that there is no network, and the last poll failed.
    Offline,
    /// The server refused the poll; it is asked again at this moment.
    Refused {
        /// When, on the driver's clock.
        at: Moment,
        /// The problem's text.
        why: String,
    },
    /// History is being fetched over a gap.
    Repairing,
}

/// What the machine answers to an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// To be shown, before anything else is done. Holds only entries that were not delivered before.
    pub deliver: Option<Batch>,
    /// What becomes of the outstanding action.
    pub next: Next,
}
