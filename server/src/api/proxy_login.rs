//! The door `proxy`: a trusted proxy names the user in a header, and proves by a second header that it wrote the first.

use holdline_shared::{Nickname, Person, PersonId};
use http::HeaderName;
use sha2::{Digest as _, Sha256};

use super::app::App;
use super::call::Call;
use super::error::ApiError;
use super::session;
use crate::access::{AccessChange, Denied, SecretHash};
use crate::log::{Draft, LogError, Refusal};
use crate::session::Claim;

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

/// Begins a session of the user whom the proxy names, who gets an account at the first time.
pub(super) async fn enter(app: &App, call: &Call, nickname: Option<Nickname>) -> Result<Claim, ApiError> {
    let user = find_user(app, call).ok_or_else(|| call.caller.turned_away())?;
    let id = person_of(user);
    let access = app.access.snapshot();
    let person = if let Some(account) = access.account(&id) {
        account.person.clone()
    } else {
        let name = nickname.map_or_else(|| Nickname::parse(user), Ok)?;
        let person = Person { id, name };
        let change = AccessChange::Joined { person: person.clone(), is_bot: false, passphrase: None };
        match app.hub.publish(Draft::access(person.clone(), change)).await {
            // Two tabs came at once.
            Ok(_) | Err(LogError::Refused(Refusal::Denied(Denied::AlreadyMember))) => person,
            Err(error) => return Err(error.into()),
        }
    };
    session::of_account(app, call, person).await
}

/// Whether the proxy names somebody other than the owner of the caller's session: another user has logged in there since.
pub(super) fn names_another(app: &App, call: &Call, person: &PersonId) -> bool {
    find_user(app, call).is_some_and(|user| person_of(user) != *person)
}

/// The user whom a trusted proxy names.
fn find_user<'a>(app: &App, call: &'a Call) -> Option<&'a str> {
    let login = app.config.proxy_login.as_ref().filter(|_| call.caller.is_from_trusted_proxy)?;
    // A second header may come from the client, if the proxy adds its own without removing others.
    let only = |name: &HeaderName| {
        let mut values = call.headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none())?.to_str().ok()
    };
    let secret = only(&login.secret_header)?;
    // Hashes are compared, so that the time tells nothing about the secret.
    let is_right = SecretHash::of(secret) == SecretHash::of(&login.secret);
    only(&login.user_header).map(str::trim).filter(|user| is_right && !user.is_empty())
}

/// The id of a user's account. It follows from the user, so that a new name in the chat changes nothing here.
fn person_of(user: &str) -> PersonId {
    let digest = Sha256::new_with_prefix("holdline proxy user ").chain_update(user).finalize();
    PersonId::from_random(std::array::from_fn(|at| digest[at]))
}
