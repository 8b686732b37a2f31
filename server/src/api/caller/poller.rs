//! A caller as polls need it. The event loops keep one for each connection, because a client polls with the same headers
//! again and again.

use std::net::IpAddr;

use holdline_shared::{Nickname, Person, PersonId};

use super::Caller;
use super::no_session::NoSession;
use super::session_proof::Identity;
use crate::api::app::App;
use crate::api::error::ApiError;
use crate::api::limits::Counted;
use crate::scope::Scope;

/// A caller who may read, as long as access does not change. What depends on the time alone, such as the age of a session, has
/// to be found anew now and then.
#[derive(Debug)]
pub(crate) struct Poller {
    pub(in crate::api) scope: Scope,
    who: Who,
    visitor: Option<IpAddr>,
}

#[derive(Debug)]
enum Who {
    Owner(Person),
    /// A person with a session, as presence shows them.
    Person(Person),
    /// A program with a token, by the person for whom it acts.
    Program(PersonId),
    /// Somebody without a session at an open door.
    Stranger(NoSession),
}

impl Poller {
    /// The caller as a poller; an error for strangers at a door that is not open, and for whoever may not read.
    pub(crate) fn of(app: &App, caller: &Caller) -> Result<Self, ApiError> {
        let who = match (&caller.identity, caller.identity.session(caller.door)) {
            (Identity::Owner(owner), _) => Who::Owner(owner.clone()),
            (Identity::Token(grant), _) => Who::Program(grant.person.id.clone()),
            (_, Ok(session)) => Who::Person(shown(app, &session.claim.person)),
            (_, Err(reason)) => Who::Stranger(reason),
        };
        Ok(Self { scope: caller.scope(app)?, who, visitor: caller.visitor })
    }

    /// Somebody without a session who reads every room.
    #[cfg(test)]
    pub(crate) fn stranger() -> Self {
        let who = Who::Stranger(NoSession::Stranger(holdline_shared::Door::Open));
        Self { scope: Scope::of_every_room(), who, visitor: None }
    }

    /// The person whom presence shows; an error without a session.
    pub(in crate::api) fn require_session(&self) -> Result<&Person, ApiError> {
        match &self.who {
            Who::Owner(person) | Who::Person(person) => Ok(person),
            Who::Program(_) => Err(NoSession::Program.into()),
            Who::Stranger(reason) => Err((*reason).into()),
        }
    }
}

/// The person as presence shows them. A guest's name may have become a member's since.
fn shown(app: &App, person: &Person) -> Person {
    let access = app.access.load();
    let is_guest = access.has_accounts() && access.account(&person.id).is_none();
    if !is_guest || !access.is_name_taken(person.name.as_str(), &person.id) {
        return person.clone();
    }
    let id: String = person.id.as_str().chars().take(4).collect();
    let name = Nickname::parse(&format!("Guest {id}")).unwrap_or_else(|_| Nickname::from(&person.id));
    Person { id: person.id.clone(), name }
}

impl<'a> From<&'a Poller> for Counted<'a> {
    fn from(poller: &'a Poller) -> Self {
        let person = match &poller.who {
            Who::Person(person) => Some(&person.id),
            Who::Program(person) => Some(person),
            Who::Owner(_) | Who::Stranger(_) => None,
        };
        Self { person, visitor: poller.visitor }
    }
}
