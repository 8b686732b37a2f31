//! Identifies the person who sent a request, by a bearer token or else by the session's cookie.

use holdline_shared::Person;

use super::cookies::Cookies;
use super::site::Site;
use crate::session::{InvalidSession, Sessions};

/// The name that the session's cookie had in earlier versions, on every port; today's name begins with it.
pub(in crate::api) const OLD_SESSION_COOKIE: &str = "holdline_session";

/// The number of cookies with the session's name that are checked. A browser sends one for each path at which
/// one was set; a larger number could only serve to make the server check signatures.
const CANDIDATES: usize = 8;

/// The outcome of identification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identity {
    Nobody,
    Invalid(InvalidSession),
    Person(Person, Proof),
    /// The owner of the log, whom no header proves.
    Owner(Person),
}

/// The credential by which a request proves its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) enum Proof {
    /// A token in `Authorization`, which the client stores itself.
    Bearer,
    /// The cookie, which scripts cannot read.
    Cookie,
    /// The cookie under its name in earlier versions.
    OldCookie,
}

/// The headers that prove the person.
#[derive(Debug, Default)]
pub(super) struct Credentials<'a> {
    authorization: Option<&'a [u8]>,
    pub(super) cookies: Cookies<'a>,
}

impl<'a> Credentials<'a> {
    /// Adds an `Authorization` header; only the first one counts.
    pub(super) fn add_authorization(&mut self, value: &'a [u8]) {
        self.authorization.get_or_insert(value);
    }

    /// Identifies the person, and says whether a cookie with the session's name was sent. The first valid
    /// cookie counts; one with the old name counts only if it is valid, because it may belong to another
    /// server.
    pub(super) fn identify(&self, sessions: &Sessions, site: &Site) -> (Identity, bool) {
        let (mut present, mut old) = (Vec::new(), Vec::new());
        for cookie in self.cookies.iter() {
            match cookie.name.strip_prefix(OLD_SESSION_COOKIE.as_bytes()) {
                Some(suffix) if suffix == site.cookie_suffix().as_bytes() => present.push(cookie.value),
                Some(b"") => old.push(cookie.value),
                _ => {}
            }
        }
        let has_cookie = !present.is_empty() || !old.is_empty();
        if let Some(token) = self.bearer() {
            return (check(sessions, token, Proof::Bearer), has_cookie);
        }
        let find = |values: &[&[u8]], proof| {
            let mut first_invalid = None;
            for value in values.iter().take(CANDIDATES) {
                match check(sessions, value, proof) {
                    found @ Identity::Person(..) => return found,
                    invalid => first_invalid = first_invalid.or(Some(invalid)),
                }
            }
            first_invalid.unwrap_or(Identity::Nobody)
        };
        let identity = match find(&present, Proof::Cookie) {
            found @ Identity::Person(..) => found,
            other => match find(&old, Proof::OldCookie) {
                found @ Identity::Person(..) => found,
                _ => other,
            },
        };
        (identity, has_cookie)
    }

    fn bearer(&self) -> Option<&'a [u8]> {
        let value = std::str::from_utf8(self.authorization?).ok().filter(|value| value.is_ascii())?;
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().as_bytes())
    }
}

/// The name of the session's cookie at this site: `holdline_session`, `holdline_session_8502`,
/// `holdline_session_8080_chat`.
pub(in crate::api) fn session_cookie(site: &Site) -> String {
    format!("{OLD_SESSION_COOKIE}{}", site.cookie_suffix())
}

fn check(sessions: &Sessions, token: &[u8], proof: Proof) -> Identity {
    let token = std::str::from_utf8(token).map_err(|_| InvalidSession);
    match token.and_then(|token| sessions.check(token)) {
        Ok(person) => Identity::Person(person, proof),
        Err(error) => Identity::Invalid(error),
    }
}
