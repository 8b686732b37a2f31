//! Identifies the person who sent a request, by a bearer token or else by the session's cookie.

use holdline_shared::{Door, Person, PersonId, Timestamp};

use super::cookies::Cookies;
use super::credential::Credential;
use super::no_session::NoSession;
use super::site::{HOST_PREFIX, Site};
use super::tokens::Grant;
use crate::access::{Access, DAY};
use crate::api::app::App;
use crate::log::wall_clock;
use crate::session::{Claim, InvalidSession, Sessions, SignedClaim};

/// The name that the session's cookie had in the first versions, on every port; today's name contains it.
const OLD_SESSION_COOKIE: &str = "holdline_session";

/// The number of cookies with the session's name that are checked. A browser sends one for each path at which
/// one was set; a larger number could only serve to make the server check signatures.
const CANDIDATES: usize = 8;

/// The outcome of identification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identity {
    Nobody,
    Invalid(InvalidSession),
    /// The person of a session that is over, because they are banned.
    Banned(PersonId),
    Person(Session),
    /// A program with an access token.
    Token(Grant),
    /// An access token that does not hold.
    InvalidToken,
    /// The owner of the log, whom no header proves.
    Owner(Person),
}

impl Identity {
    /// The session, or the reason why there is none, for a caller at this door.
    pub(super) fn session(&self, door: Door) -> Result<&Session, NoSession> {
        Err(match self {
            Self::Person(session) => return Ok(session),
            Self::Nobody => NoSession::Stranger(door),
            Self::Invalid(error) => NoSession::Invalid(*error),
            Self::Banned(_) => NoSession::Invalid(InvalidSession::Over),
            Self::Token(_) => NoSession::Program,
            Self::InvalidToken => NoSession::RevokedToken,
            Self::Owner(_) => NoSession::Owner,
        })
    }
}

/// A session that holds, and how it was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::api) struct Session {
    /// The token's statement, with the name that the person has now.
    pub(in crate::api) claim: Claim,
    pub(in crate::api) credential: Credential,
    pub(in crate::api) proof: Proof,
    /// Whether the cookie is old enough for a new one or signed with a former secret, or this use of an account's session is to be noted.
    pub(in crate::api) is_due: bool,
}

impl Session {
    /// Whether a cookie without the prefix is believed where there is one with it. Another host of the domain may have set
    /// the first, to make its reader write in somebody else's name; so it is believed only with a token from before the
    /// prefix, of which nobody gets one any more.
    fn may_move_to(&self, site: &Site) -> bool {
        site.cookie_prefix().is_empty() || !self.claim.has_date()
    }
}

/// The means by which a request proves its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) enum Proof {
    /// A token in `Authorization`, which the client stores itself.
    Bearer,
    /// The cookie, which scripts cannot read.
    Cookie,
    /// The cookie under a name of earlier versions.
    OldCookie,
}

/// The headers that prove the person.
#[derive(Debug, Default)]
pub(super) struct Credentials<'a> {
    authorization: Option<&'a [u8]>,
    pub(super) cookies: Cookies<'a>,
}

/// The knowledge by which tokens are judged.
pub(super) struct Judge<'a> {
    pub(super) sessions: &'a Sessions,
    pub(super) access: &'a Access,
    pub(super) now: Timestamp,
}

impl<'a> Credentials<'a> {
    /// Adds an `Authorization` header; only the first one counts.
    pub(super) fn add_authorization(&mut self, value: &'a [u8]) {
        self.authorization.get_or_insert(value);
    }

    /// Identifies the person, and says whether a cookie with the session's name was sent. The first valid
    /// cookie counts; one with the old name counts only if it is valid, because it may belong to another
    /// server.
    pub(super) fn identify(&self, judge: &Judge<'_>, site: &Site) -> (Identity, bool) {
        let (mut present, mut old) = (Vec::new(), Vec::new());
        for cookie in self.cookies.iter() {
            match SessionCookie::of(cookie.name, site) {
                Some(SessionCookie::Present) => present.push(cookie.value),
                Some(SessionCookie::Old) => old.push(cookie.value),
                None => {}
            }
        }
        let has_cookie = !present.is_empty() || !old.is_empty();
        if let Some(token) = self.bearer() {
            return (judge.judge(token, Proof::Bearer), has_cookie);
        }
        let find = |values: &[&[u8]], proof| {
            let mut first_invalid = None;
            for value in values.iter().take(CANDIDATES) {
                match judge.judge(value, proof) {
                    found @ Identity::Person(..) => return found,
                    invalid => first_invalid = first_invalid.or(Some(invalid)),
                }
            }
            first_invalid.unwrap_or(Identity::Nobody)
        };
        let identity = match find(&present, Proof::Cookie) {
            found @ Identity::Person(..) => found,
            other => match find(&old, Proof::OldCookie) {
                Identity::Person(session) if session.may_move_to(site) => Identity::Person(session),
                _ => other,
            },
        };
        (identity, has_cookie)
    }

    /// The token in `Authorization`.
    pub(super) fn bearer(&self) -> Option<&'a [u8]> {
        let value = std::str::from_utf8(self.authorization?).ok().filter(|value| value.is_ascii())?;
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().as_bytes())
    }
}

impl Judge<'_> {
    fn judge(&self, token: &[u8], proof: Proof) -> Identity {
        let token = std::str::from_utf8(token).map_err(|_| Identity::Invalid(InvalidSession::Forged));
        token.and_then(|token| self.find_session(token, proof)).map_or_else(|other| other, Identity::Person)
    }

    fn find_session(&self, token: &str, proof: Proof) -> Result<Session, Identity> {
        let found = self.sessions.check(self.access, self.now, token);
        let SignedClaim { mut claim, secret_version } = found.map_err(Identity::Invalid)?;
        let credential = Credential::of(&claim, secret_version);
        if !credential.holds(self.access, self.now) {
            let is_banned = self.access.ban_of(Some(&claim.person.id), None, self.now).is_some();
            let over = Identity::Invalid(InvalidSession::Over);
            return Err(if is_banned { Identity::Banned(claim.person.id) } else { over });
        }
        if let Some(account) = self.access.account(&claim.person.id) {
            claim.person.name = account.person.name.clone();
        }
        let is_renewable = !credential.is_by_present(self.access) || self.now.since(claim.issued) >= DAY;
        let is_old = proof != Proof::Bearer && is_renewable;
        let is_due = is_old || credential.session(self.access).is_some_and(|use_| use_.is_use_news(self.now));
        Ok(Session { claim, credential, proof, is_due })
    }
}

/// Whether a cookie is the session's at a site.
enum SessionCookie {
    /// The cookie has today's name.
    Present,
    /// The cookie has a name of earlier versions, which had no prefix, and at first no suffix.
    Old,
}

impl SessionCookie {
    fn of(name: &[u8], site: &Site) -> Option<Self> {
        let bare = name.strip_prefix(HOST_PREFIX.as_bytes());
        let suffix = bare.unwrap_or(name).strip_prefix(OLD_SESSION_COOKIE.as_bytes())?;
        let is_of_site = suffix == site.cookie_suffix().as_bytes();
        match bare.is_some() != site.cookie_prefix().is_empty() {
            true if is_of_site => Some(Self::Present),
            _ if bare.is_none() && (is_of_site || suffix.is_empty()) => Some(Self::Old),
            _ => None,
        }
    }
}

/// The name of the session's cookie at this site: `holdline_session`, `holdline_session_8502`,
/// `holdline_session_8080_chat`, and over an encrypted connection at the root of a host `__Host-holdline_session`.
pub(in crate::api) fn session_cookie(site: &Site) -> String {
    [site.cookie_prefix(), OLD_SESSION_COOKIE, &site.cookie_suffix()].concat()
}

/// The names of the valid cookies of earlier versions, which end with the session.
pub(in crate::api) fn old_session_cookies(app: &App, cookies: &Cookies<'_>, site: &Site) -> Vec<String> {
    let access = app.access.load();
    let judge = Judge { sessions: &app.sessions, access: &access, now: wall_clock() };
    let old = cookies
        .iter()
        .filter(|cookie| matches!(SessionCookie::of(cookie.name, site), Some(SessionCookie::Old)));
    let valid = old
        .take(CANDIDATES)
        .filter(|cookie| matches!(judge.judge(cookie.value, Proof::OldCookie), Identity::Person(..)));
    valid.map(|cookie| String::from_utf8_lossy(cookie.name).into_owned()).collect()
}
