//! Reports the state of the connection before there is a subscription.

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
