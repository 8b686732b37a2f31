//! People as answers show them. What is not named here is in no answer: no hash, no session, no address.

use holdline_shared::{Me, Person, PersonKind, Profile, Topic};

use crate::access::{Access, Account, HookState, HookWay};
use crate::scope::Scope;

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

/// The profile of an incoming webhook, for readers of its room: others must not learn of it.
pub(super) fn of_hook(state: &HookState, scope: &Scope) -> Option<Profile> {
    let posts = matches!(state.hook.way, HookWay::Incoming { .. }) && scope.allows(&state.hook.room);
    posts.then(|| Profile { kind: PersonKind::Bot, ..of_guest(&state.hook.person) })
}

/// The profile of somebody without an account.
fn of_guest(person: &Person) -> Profile {
    Profile {
        person: person.clone(),
        kind: PersonKind::Guest,
        admin: false,
        about: Topic::default(),
        time_zone: String::new(),
    }
}

/// The person of a session, as they see themselves.
pub(super) fn of_caller(access: &Access, person: &Person) -> Me {
    let account = access.account(&person.id);
    Me {
        profile: account.map_or_else(|| of_guest(person), of_account),
        has_passphrase: account.is_some_and(|account| account.passphrase.is_some()),
        token: None,
    }
}
