//! The part of a session by which is decided whether it holds: at every request, and again while a request is held.

use holdline_shared::{PersonId, Timestamp};

use crate::access::{Access, SESSION_AGE, SecretHash, SessionState};
use crate::session::{Claim, Holder};

/// The person, the date, the kind and the signature of a session whose token has a right signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::api) struct Credential {
    pub(in crate::api) person: PersonId,
    issued: Timestamp,
    holder: HolderKey,
    /// The version of the secret that signed the token.
    secret_version: u64,
}

/// A session's holder, in the form in which [`Access`] knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum HolderKey {
    Guest { door: u64 },
    Account { session: SecretHash },
}

impl Credential {
    /// The credential of a claim.
    pub(super) fn of(claim: &Claim, secret_version: u64) -> Self {
        let holder = match &claim.holder {
            Holder::Guest { door } => HolderKey::Guest { door: *door },
            Holder::Account { session } => HolderKey::Account { session: session.hash() },
        };
        Self { person: claim.person.id.clone(), issued: claim.issued, holder, secret_version }
    }

    /// Whether the session holds: it stands, and its token is not older than [`SESSION_AGE`]. Tokens of earlier versions have
    /// no date.
    pub(super) fn holds(&self, access: &Access, now: Timestamp) -> bool {
        let has_date = self.issued > Timestamp::default();
        (!has_date || now.since(self.issued) < SESSION_AGE) && self.stands(access, || now)
    }

    /// Whether nothing has ended the session. An account's stands until it is ended; a guest's while the door is open or has
    /// not changed, and until the guest gets an account; all of them as long as the signature is accepted.
    pub(super) fn stands(&self, access: &Access, now: impl FnOnce() -> Timestamp) -> bool {
        let is_held = match &self.holder {
            HolderKey::Guest { door } => {
                let (state, has_account) = (access.door(), access.account(&self.person).is_some());
                (state.is_open() || state.changes == *door) && !has_account && !access.is_erased(&self.person)
            }
            HolderKey::Account { .. } => self.session(access).is_some(),
        };
        is_held && access.secret_versions().accepts(self.secret_version, now)
    }

    /// Whether the present version of the secret signed the token. What another one signed stands for a time only.
    pub(super) fn is_by_present(&self, access: &Access) -> bool {
        self.secret_version == access.secret_versions().present().number
    }

    /// The hash of an account's session.
    pub(in crate::api) fn session_hash(&self) -> Option<&SecretHash> {
        match &self.holder {
            HolderKey::Guest { .. } => None,
            HolderKey::Account { session } => Some(session),
        }
    }

    /// The account's session.
    pub(super) fn session<'a>(&self, access: &'a Access) -> Option<&'a SessionState> {
        access.session(&self.person, self.session_hash()?)
    }
}
