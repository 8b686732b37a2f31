//! The door `proxy`: a trusted proxy names the user in a header, and proves by a second header that it wrote the first.

use holdline_shared::limits::NICKNAME_GRAPHEMES;
use holdline_shared::{Nickname, PersonId};
use http::HeaderName;
use sha2::{Digest as _, Sha256};

use crate::access::SecretHash;
use crate::nicknames;
use crate::repeated_line::RepeatedLine;

/// The number of names like the login that are tried, and of invented ones.
const NUMBERED: usize = 100;

/// The headers in which a proxy names the user. Without a right secret beside it the name is not believed, so that nobody who
/// gets past the proxy, or sends such a header through it, is somebody else.
#[derive(Debug, Clone)]
pub struct ProxyLogin {
    /// The header with the user's name.
    pub user_header: HeaderName,
    /// The header with the secret.
    pub secret_header: HeaderName,
    /// The secret.
    pub secret: String,
}

/// A user whom a proxy has named and proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProxyUser {
    login: Box<str>,
    /// The id of the user's account. It follows from the login, so that a new name in the chat changes nothing here.
    pub(super) id: PersonId,
}

/// The headers of the login in a request.
#[derive(Debug, Default)]
pub(super) struct LoginHeaders<'a> {
    users: Vec<&'a [u8]>,
    secrets: Vec<&'a [u8]>,
}

impl<'a> LoginHeaders<'a> {
    /// Keeps a header if it is one of these.
    pub(super) fn take(&mut self, login: &ProxyLogin, name: &str, value: &'a [u8]) {
        if name.eq_ignore_ascii_case(login.user_header.as_str()) {
            self.users.push(value);
        } else if name.eq_ignore_ascii_case(login.secret_header.as_str()) {
            self.secrets.push(value);
        }
    }

    /// The user; `None` without the right secret. A second header may come from the client, if the proxy adds its own without
    /// removing others.
    pub(super) fn user(&self, login: &ProxyLogin) -> Option<ProxyUser> {
        let (&[user], &[secret]) = (&self.users[..], &self.secrets[..]) else { return None };
        let (user, secret) = (std::str::from_utf8(user).ok()?.trim(), std::str::from_utf8(secret).ok()?);
        // Hashes are compared, so that the time tells nothing about the secret.
        let is_right = SecretHash::of(secret) == SecretHash::of(&login.secret);
        if !is_right {
            static LINE: RepeatedLine = RepeatedLine::new();
            if let Some(times) = LINE.count(1) {
                let header = login.secret_header.as_str();
                tracing::warn!(
                    header,
                    times,
                    "a trusted proxy sends another secret than this server has: nobody can come in by it"
                );
            }
        }
        (is_right && !user.is_empty()).then(|| ProxyUser::new(user))
    }
}

impl ProxyUser {
    fn new(login: &str) -> Self {
        let digest = Sha256::new_with_prefix("holdline proxy user ").chain_update(login).finalize();
        Self { id: PersonId::from_random(std::array::from_fn(|at| digest[at])), login: login.into() }
    }

    /// The names for a new account in the order of preference: the login, the login with a number, invented ones.
    pub(super) fn names(&self) -> impl Iterator<Item = Nickname> {
        let numbered = (1..=NUMBERED).filter_map(|number| {
            let end = if number == 1 { String::new() } else { format!(" {number}") };
            let beginning: String = self.login.chars().take(NICKNAME_GRAPHEMES - end.len()).collect();
            Nickname::parse(&(beginning + &end)).ok()
        });
        numbered.chain(std::iter::repeat_with(nicknames::make_up).take(NUMBERED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_is_the_first_name_and_others_are_like_it() {
        let names = |login: &str| -> Vec<String> {
            ProxyUser::new(login).names().take(2).map(|name| name.to_string()).collect()
        };
        assert_eq!(names("carol"), ["carol", "carol 2"]);
        assert_eq!(names("jos\u{e9}"), ["jos\u{e9}", "jos\u{e9} 2"]);
        assert_eq!(names(&"x".repeat(40)), ["x".repeat(32), "x".repeat(30) + " 2"]);
        assert!(names("\u{202e}").iter().all(|name| name.is_ascii()), "invented");
    }
}
