//! Access tokens: `hlt_…` in `Authorization`, by which a program acts for a member or a bot within bounds. A token is good for
//! what it names and for nothing else; who may have one is decided by the log.

use holdline_shared::{Person, ProblemCode, RoomName};

use crate::access::{Access, SecretHash, Verb};
use crate::api::error::ApiError;

/// The beginning of every token. No session's token begins so.
const PREFIX: &[u8] = b"hlt_";

/// The bounds of a token that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) person: Person,
    secret: SecretHash,
    /// The rooms; absent for all that the person may read.
    rooms: Option<Vec<RoomName>>,
    verbs: Vec<Verb>,
}

/// Finds the grant of a bearer's token; `None` if that is no access token, `Some(None)` if it is one that does not hold.
#[expect(clippy::option_option, reason = "a token that does not hold must not be taken for no token")]
pub(super) fn find(access: &Access, bearer: &[u8]) -> Option<Option<Grant>> {
    let secret = bearer.starts_with(PREFIX).then(|| std::str::from_utf8(bearer).ok().map(SecretHash::of))?;
    Some(secret.and_then(|secret| Grant::of(access, secret)))
}

impl Grant {
    fn of(access: &Access, secret: SecretHash) -> Option<Self> {
        let token = access.token(&secret)?;
        let person = access.account(&token.person)?.person.clone();
        Some(Self { person, rooms: token.rooms.clone(), verbs: token.verbs.clone(), secret })
    }

    /// The person, if the token allows this in `room`; an act that concerns no room needs a token for all rooms.
    pub(super) fn check(&self, verb: Verb, room: Option<&RoomName>) -> Result<&Person, ApiError> {
        self.check_verb(verb)?;
        match room {
            // The same for every room, so that it tells nothing of those that the token does not name.
            Some(room) if !self.covers(room) => Err(refusal("this token is not for that room")),
            None if self.is_limited() => {
                Err(refusal("this token is for the rooms that it names; that needs a token for all rooms"))
            }
            _ => Ok(&self.person),
        }
    }

    /// Refuses an act that the token allows in no room.
    pub(super) fn check_verb(&self, verb: Verb) -> Result<(), ApiError> {
        if self.verbs.contains(&verb) {
            return Ok(());
        }
        let own: Vec<_> = self.verbs.iter().map(|verb| verb.name()).collect();
        let (lacking, own) = (verb.name(), own.join(", "));
        Err(refusal(format!("this token does not have the verb {lacking}; it has: {own}")))
    }

    /// Whether the token is one for watching the server: it reads every room, in the name of an admin or a bot.
    pub(super) fn watches(&self, access: &Access) -> bool {
        let account = access.account(&self.person.id);
        let is_trusted = account.is_some_and(|account| account.is_admin || account.is_bot);
        is_trusted && self.rooms.is_none() && self.verbs.contains(&Verb::Read)
    }

    /// Whether the token was not revoked.
    pub(super) fn holds(&self, access: &Access) -> bool {
        access.token(&self.secret).is_some()
    }

    /// Whether the token is for some rooms only.
    pub(super) fn is_limited(&self) -> bool {
        self.rooms.is_some()
    }

    /// Whether the token is for this room, too.
    pub(super) fn covers(&self, room: &RoomName) -> bool {
        self.rooms.as_ref().is_none_or(|rooms| rooms.contains(room))
    }
}

/// The error for a token that does not hold.
pub(super) fn revoked() -> ApiError {
    let detail = "this token was revoked, or was never made here; ask whoever made it for another one";
    ApiError::new(ProblemCode::SessionInvalid, detail)
}

/// The error for a request that no token is good for.
pub(super) fn person_needed() -> ApiError {
    refusal("no token is good for that; a person who is signed in can do it")
}

fn refusal(detail: impl Into<String>) -> ApiError {
    ApiError::new(ProblemCode::NotAllowed, detail)
}
