//! The accounts of people whom a proxy names: made by themselves, without passphrases.

use holdline_shared::{Person, ProblemCode};

use super::app::App;
use super::call::Call;
use super::error::ApiError;
use crate::access::{AccessChange, Denied};
use crate::log::{Draft, LogError, Refusal};

/// The person of the user whom the proxy names; their account is made at the first time.
pub(super) async fn account(app: &App, call: &Call) -> Result<Person, ApiError> {
    let user = call.caller.proxy_user().ok_or_else(|| call.caller.turned_away())?;
    let access = app.access.snapshot();
    if let Some(account) = access.account(&user.id) {
        return Ok(account.person.clone());
    }
    for name in user.names().filter(|name| !access.is_name_taken(name.as_str(), &user.id)) {
        let person = Person { id: user.id.clone(), name };
        let change = AccessChange::Joined { person: person.clone(), is_bot: false, passphrase: None };
        match app.hub.publish(Draft::access(person.clone(), change)).await {
            // Two tabs came at once.
            Ok(_) | Err(LogError::Refused(Refusal::Denied(Denied::AlreadyMember))) => return Ok(person),
            Err(LogError::Refused(Refusal::Denied(Denied::NameTaken))) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Denied::NameTaken.into())
}

/// Refuses another name: at this door a name is a login, and whoever took another one could be somebody else's.
pub(super) fn no_other_names() -> ApiError {
    let detail = "the proxy in front of this server says what you are called; there are no other names here";
    ApiError::new(ProblemCode::NotAllowed, detail)
}

/// Refuses a passphrase: at this door the proxy alone says who somebody is.
pub(super) fn no_passphrases() -> ApiError {
    let detail = "the proxy in front of this server says who you are; there are no passphrases here";
    ApiError::new(ProblemCode::NotAllowed, detail)
}
