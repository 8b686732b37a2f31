//! People as answers show them. What is not named here is in no answer: no hash, no session, no address.

use holdline_shared::{Me, Person, PersonKind, Profile, Topic};

use crate::access::{Access, Account};

/// The profile of an account.
pub(super) fn of_account(account: &Account) -> Profile {
    Profile {
        person: account.person.clone(),
        kind: if account.is_bot { PersonKind::Bot } else { PersonKind::Member },
        admin: account.is_admin,
        about: account.about.clone(),
        time_zone: account.time_zone.clone(),
    }
}

/// The person of a session, as they see themselves.
pub(super) fn of_caller(access: &Access, person: &Person) -> Me {
    let account = access.account(&person.id);
    let guest = || Profile {
        person: person.clone(),
        kind: PersonKind::Guest,
        admin: false,
        about: Topic::default(),
        time_zone: String::new(),
    };
    Me {
        profile: account.map_or_else(guest, of_account),
        has_passphrase: account.is_some_and(|account| account.passphrase.is_some()),
        token: None,
    }
}
