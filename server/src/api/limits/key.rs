//! The keys by which limits count. Counts nothing.

use std::net::IpAddr;

use holdline_shared::PersonId;

/// A person, a visitor, or the whole server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum LimitKey {
    Person(PersonId),
    Visitor(IpAddr),
    Server,
}
