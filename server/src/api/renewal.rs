//! Renews sessions that are used: a young cookie for an old one, and the day of an account's last use.

use holdline_shared::Timestamp;

use super::app::App;
use super::caller::{Caller, Proof};
use super::session_cookies::begin_cookie;
use crate::access::{Access, AccessChange};
use crate::log::{Draft, wall_clock};
use crate::session::{Claim, Holder};

/// Notes the use of the caller's session if that is due, and returns the cookie to set, if any.
pub(crate) fn renew(app: &App, caller: &Caller) -> Option<String> {
    let session = caller.known().ok().filter(|session| session.is_due)?;
    let runtime = tokio::runtime::Handle::try_current();
    if let (Some(hash), Ok(runtime)) = (session.credential.session_hash(), runtime) {
        let person = session.claim.person.clone();
        let change = AccessChange::SessionUsed { person: person.id.clone(), session: hash.clone() };
        // No answer waits for it; if it fails, the next use is noted.
        runtime.spawn(app.hub.publish(Draft::access(person, change)));
    }
    let access = app.access.load();
    let token = app.sessions.sign(&access, &renewed(&access, &session.claim, wall_clock()));
    (session.proof != Proof::Bearer).then(|| begin_cookie(&caller.site, &token))
}

/// The claim as of now. A guest's names the present state of an open door; at any other door it keeps what it has, so that
/// one that became void stays void.
pub(super) fn renewed(access: &Access, claim: &Claim, now: Timestamp) -> Claim {
    let holder = match &claim.holder {
        Holder::Guest { .. } if access.door().is_open() => Holder::Guest { door: access.door().changes },
        other => other.clone(),
    };
    Claim { person: claim.person.clone(), issued: now, holder }
}
