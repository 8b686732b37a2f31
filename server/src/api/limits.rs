//! The limits on callers: tight for each person, generous for each visitor. Each operation takes what it uses; this module
//! knows which limits that touches, and how a refusal reads. Counted in memory, so that a restart resets them.

mod bounded_store;
mod config;
mod failed_secrets;
mod key;
mod limiter;
mod rate;
mod refusal;

use std::net::IpAddr;
use std::time::Duration;

use holdline_shared::{Person, PersonId};
use metrics::Counter;

pub use self::config::{InvalidLimit, Limits};
pub(super) use self::failed_secrets::FailedSecrets;
use self::key::LimitKey;
use self::limiter::Limiter;
pub use self::rate::{InvalidRate, Rate};
use self::refusal::refusal;
use super::error::ApiError;
use crate::leases::{Lease, Leases};
use crate::metrics::Metrics;

/// `Retry-After` where too many polls are held. Nobody knows when one of them ends; after this time some have, also when a
/// vanished client's connections are only now noticed.
const HELD_RETRY: Duration = Duration::from_secs(5);

/// The limits with their state, shared by all requests.
pub(crate) struct Limiters {
    publish: Limiter,
    reactions: Limiter,
    rooms: Limiter,
    history: Limiter,
    reads: Limiter,
    visitor_sessions: Limiter,
    visitor_rooms: Limiter,
    held: HeldLimit,
    visitor_held: HeldLimit,
    /// Passphrases, invitations, and other codes.
    pub(super) failed_secrets: FailedSecrets,
    /// The join password, which one could guess from many addresses.
    pub(super) join_password: FailedSecrets,
}

/// A limit on requests that are held at once.
struct HeldLimit {
    name: &'static str,
    leases: Leases<LimitKey>,
    refused: Counter,
}

/// The person and the visitor, as far as they are known, for whom requests are counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted<'a> {
    pub(super) person: Option<&'a PersonId>,
    pub(super) visitor: Option<IpAddr>,
}

impl Counted<'_> {
    fn person(self) -> Option<LimitKey> {
        self.person.map(|person| LimitKey::Person(person.clone()))
    }

    fn visitor(self) -> Option<LimitKey> {
        self.visitor.map(LimitKey::Visitor)
    }

    /// The person, or the visitor of somebody without a session.
    fn person_or_visitor(self) -> Option<LimitKey> {
        self.person().or_else(|| self.visitor())
    }
}

/// The right to hold one request, of its person and its visitor. Given back by dropping it, which has to happen when the
/// request is answered or its client is gone.
#[derive(Debug, Default)]
pub(crate) struct HoldLease {
    _person: Lease,
    _visitor: Lease,
}

impl Limiters {
    pub(super) fn new(limits: &Limits, metrics: &Metrics) -> Self {
        let limiter =
            |name, requests, rate| Limiter::new(name, requests, rate, metrics.refused_by_limit(name));
        let held = |name, most| HeldLimit {
            name,
            leases: Leases::new(most),
            refused: metrics.refused_by_limit(name),
        };
        Self {
            publish: limiter("publish", "messages and changes", limits.publish),
            reactions: limiter("reactions", "reactions", limits.reactions),
            rooms: limiter("rooms", "new rooms", limits.rooms),
            history: limiter("history", "pages of history", limits.history),
            reads: limiter("reads", "lists and polls without a wait", limits.reads),
            visitor_sessions: limiter("visitor-sessions", "new sessions from here", limits.visitor_sessions),
            visitor_rooms: limiter("visitor-rooms", "new rooms from here", limits.visitor_rooms),
            held: held("held-polls", limits.held_polls),
            visitor_held: held("visitor-held-polls", limits.visitor_held_polls),
            failed_secrets: FailedSecrets::of_visitor(limiter(
                "failed-secrets",
                "wrong secrets from here",
                limits.failed_secrets,
            )),
            join_password: FailedSecrets::of_visitor_and_server(limiter(
                "join-password",
                "wrong passwords",
                limits.join_password,
            )),
        }
    }

    /// Counts a message or a change by this caller.
    pub(super) fn publish<'a>(&self, caller: impl Into<Counted<'a>>) -> Result<(), ApiError> {
        take(&self.publish, caller.into().person_or_visitor().as_ref())
    }

    /// Counts a message by an incoming webhook, whoever calls it.
    pub(super) fn publish_by(&self, hook: &Person) -> Result<(), ApiError> {
        self.publish.take(&LimitKey::Person(hook.id.clone()))
    }

    /// Counts a reaction by this caller.
    pub(super) fn react<'a>(&self, caller: impl Into<Counted<'a>>) -> Result<(), ApiError> {
        take(&self.reactions, caller.into().person_or_visitor().as_ref())
    }

    /// Counts a read of history by this caller.
    pub(super) fn read_history<'a>(&self, caller: impl Into<Counted<'a>>) -> Result<(), ApiError> {
        take(&self.history, caller.into().person_or_visitor().as_ref())
    }

    /// Counts a read by this caller that costs little: a list, or a poll that is not held.
    pub(super) fn read<'a>(&self, caller: impl Into<Counted<'a>>) -> Result<(), ApiError> {
        take(&self.reads, caller.into().person_or_visitor().as_ref())
    }

    /// Counts a new room for this caller's person and visitor; one that is refused counts for neither.
    pub(super) fn make_room<'a>(&self, caller: impl Into<Counted<'a>>) -> Result<(), ApiError> {
        let counted = caller.into();
        let person = counted.person_or_visitor();
        take(&self.rooms, person.as_ref())?;
        take(&self.visitor_rooms, counted.visitor().as_ref()).inspect_err(|_| {
            if let Some(person) = &person {
                self.rooms.give_back(person);
            }
        })
    }

    /// Counts a new session for this visitor.
    pub(super) fn begin_session<'a>(&self, caller: impl Into<Counted<'a>>) -> Result<(), ApiError> {
        take(&self.visitor_sessions, caller.into().visitor().as_ref())
    }

    /// Lets this caller hold a request until the lease is dropped.
    pub(super) fn hold<'a>(&self, caller: impl Into<Counted<'a>>) -> Result<HoldLease, ApiError> {
        let counted = caller.into();
        Ok(HoldLease {
            _person: self.held.acquire(counted.person().as_ref())?,
            _visitor: self.visitor_held.acquire(counted.visitor().as_ref())?,
        })
    }
}

impl HeldLimit {
    fn acquire(&self, key: Option<&LimitKey>) -> Result<Lease, ApiError> {
        self.leases.acquire(key).ok_or_else(|| {
            self.refused.increment(1);
            let most = self.leases.most().unwrap_or_default();
            refusal("held requests", format_args!("{}={most}", self.name), HELD_RETRY)
        })
    }
}

fn take(limiter: &Limiter, key: Option<&LimitKey>) -> Result<(), ApiError> {
    key.map_or(Ok(()), |key| limiter.take(key))
}
