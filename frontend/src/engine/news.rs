//! The news that the subscription sends to the page, and the work that it asks of the page.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use holdline_shared::{Batch, Cursor, Person, Status};

use crate::api::{Fault, Signal};

/// News of the subscription.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum News {
    /// The connection's status changed.
    Status(Status),
    /// A batch arrived.
    Batch(Batch),
    /// The reader has another session.
    SignedIn(Person),
    /// The server shuts the reader out.
    ShutOut(Fault),
    /// A login page of somebody else answers in place of the server.
    SignInNeeded,
    /// The reader of another tab does not want to wait.
    Hurried,
}

/// The repair after a gap: loads history, shows it, and returns the cursor at which it was read.
pub(super) type Repair = Rc<dyn Fn(Signal) -> Pin<Box<dyn Future<Output = Result<Cursor, Fault>>>>>;

/// The renewal of the session.
pub(super) type Renew = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Person, Fault>>>>>;
