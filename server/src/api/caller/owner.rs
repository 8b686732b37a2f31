//! The owner of the log as a caller. A transport that has made sure of the other end's user marks its requests with
//! [`OwnerConnection`]; nothing in a request itself can.

use holdline_shared::{Door, Person};

use super::session_proof::Identity;
use super::{Caller, Site};

/// The mark of a request that came over the admin socket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnerConnection;

impl Caller {
    /// The owner, who acts in the name of the server. Host and page are not checked: no browser reaches the admin socket. No
    /// limit per visitor applies.
    pub(crate) fn owner() -> Self {
        Self {
            site: Site::default(),
            visitor: None,
            is_passed_on: false,
            identity: Identity::Owner(Person::house()),
            proxy_user: None,
            door: Door::Open,
            ban: None,
            has_session_cookie: false,
        }
    }
}
