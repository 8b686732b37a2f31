//! Reports to the state what failures and responses tell of the connection, besides what the subscription does.

use std::time::Duration;

use holdline_shared::Status;

use super::store::Store;
use crate::api::{self, Fault};
use crate::state::Action;

/// Reports the first attempts as the connection's status while there is no subscription.
pub(super) fn report(store: &Store, pause: Duration, fault: &Fault) {
    if *fault == Fault::SignInNeeded {
        store.dispatch(Action::SignInNeeded);
    }
    let status = Status::Reconnecting { at: api::now() + pause, why: fault.text() };
    store.dispatch(Action::Connected(status, api::wall_clock()));
}

/// Notes that the server is newer than this page.
pub(super) fn note_build(store: &Store) {
    if api::is_outdated() && !store.state().connection.is_outdated {
        store.dispatch(Action::Outdated);
    }
}
