//! The reader's session: the one that the browser still has, or a new one if the door is open. Retries until there is
//! one, or the door turns out to be shut.

use std::time::Duration;

use holdline_shared::{Backoff, Door, Person, ProblemCode, Role, RoomName, RoomSummary};

use super::report::report;
use super::store::Store;
use super::wakes::Wakes;
use super::{doubt, pause};
use crate::api::{self, Change, Fault, Lock, Signal};
use crate::state::{Action, Entrance, Gate, State};
use crate::words;

/// The time that another tab may spend getting a session before this one asks, too.
const PATIENCE: Duration = Duration::from_secs(5);

/// Signs the reader in.
pub(super) async fn sign_in(store: Store, wakes: Wakes, signal: Signal) {
    let mut backoff = Backoff::default();
    let is_outside = |store: &Store| {
        let session = &store.state().session;
        session.me.is_none() && session.gate.is_none()
    };
    while !signal.is_over() && is_outside(&store) {
        match find(&store).await {
            Ok(()) => return,
            Err(fault) if shuts_out(&fault) => return,
            Err(fault) => {
                let pause = pause::after(&fault, &mut backoff, api::jitter());
                report(&store, pause, &fault);
                wakes.pause(pause).await;
            }
        }
    }
}

/// Asks the door who the reader is. If the reader is unknown, an open door or a proxy lets them in without further
/// steps.
async fn find(store: &Store) -> Result<(), Fault> {
    let me = match look(store).await {
        Err(fault) => {
            shut_out(store, &fault);
            return Err(fault);
        }
        Ok(me) => me,
    };
    let lets_in = matches!(store.state().session.door, Some(Door::Open | Door::Proxy));
    match me {
        Some(me) => store.dispatch(Action::SignedIn(me)),
        None if lets_in => {
            // Without the lock that all tabs share: where there are locks, the page held it during the request.
            let me = match api::first_session().await {
                Some(answer) => answer.inspect_err(|fault| shut_out(store, fault))?,
                None => renew(store).await?,
            };
            store.dispatch(Action::SignedIn(me));
        }
        None => store.dispatch(Action::ShutOut(Gate::default())),
    }
    Ok(())
}

/// Loads the state of the door, and who the reader is if they are inside.
pub(super) async fn look(store: &Store) -> Result<Option<Person>, Fault> {
    let status = api::door().await?;
    let me = status.person.as_ref().map(|me| me.profile.person.clone());
    store.dispatch(Action::DoorSeen(status));
    Ok(me)
}

/// Makes a change; if the session is gone, gets a new one and retries once.
pub(super) async fn make(store: &Store, change: &Change) -> Result<(), Fault> {
    // Not aborted by the watch: nobody sends it again, and it may yet be done.
    let attempt = || doubt::watched(store, |_| change.make());
    match attempt().await {
        Err(fault) if fault.lacks_session() => {
            store.dispatch(Action::SignedIn(renew(store).await?));
            attempt().await
        }
        answer => answer,
    }
}

/// Reserves the session of all tabs as long as the lock is held. Otherwise two tabs that request their first session
/// together would become two persons, and a poll that a change of the session has ended would start another session
/// before the response with the changed one arrives.
pub(super) async fn alone() -> Option<Lock> {
    api::lock(&api::shared_name("session"), PATIENCE).await
}

/// Gets the session that the browser has, or a new one, in one tab at a time; without locks, at least not while this
/// tab has a request for a change pending, which has a deadline.
pub(super) async fn renew(store: &Store) -> Result<Person, Fault> {
    // Before taking the lock, because the pending request may still be waiting for it.
    store.until(|state| !state.settings.is_busy).await;
    let _lock = alone().await;
    match api::renew_session().await {
        Ok(me) => {
            note_cookie(store);
            Ok(me)
        }
        Err(fault) => {
            if fault.lacks_session() {
                // The door may have changed since the page last asked.
                look(store).await?;
            }
            shut_out(store, &fault);
            Err(fault)
        }
    }
}

/// Enters by a password, an account or a link. Returns the room that a link leads to.
pub(super) async fn enter(store: &Store, entrance: Entrance) -> Result<Option<RoomName>, Fault> {
    let is_link = matches!(entrance, Entrance::Link { .. });
    let before = store.state();
    let lock = alone().await;
    let me = api::enter(entrance).await?;
    note_cookie(store);
    drop(lock);
    let was_another = before.session.id().is_some_and(|id| *id != me.id);
    store.dispatch(Action::SignedIn(me));
    look(store).await?;
    if was_another && !api::uses_token() {
        // The content of the screen was read as another person.
        api::dom::reload();
    }
    Ok(if is_link { Some(room_of_link(store, &before).await) } else { None })
}

/// Returns the room that a link leads to: the one in which the reader has a role that they did not have `before`. The
/// lobby, if there is none or more than one.
async fn room_of_link(store: &Store, before: &State) -> RoomName {
    let Ok(list) = api::list_rooms().await else { return RoomName::lobby() };
    let is_new = |room: &&RoomSummary| {
        room.standing.role > Role::None && before.rooms.standing(&room.name).role == Role::None
    };
    let mut new = list.rooms.iter().filter(is_new);
    let room = new.next().filter(|_| new.next().is_none()).map(|room| room.name.clone());
    store.dispatch(Action::Listed(list.clone()));
    room.unwrap_or_else(RoomName::lobby)
}

fn note_cookie(store: &Store) {
    if api::uses_token() && !store.state().session.is_forgotten {
        store.dispatch(Action::SessionForgotten);
    }
}

/// Whether retrying is pointless, because only an action of the reader can help.
fn shuts_out(fault: &Fault) -> bool {
    fault.lacks_session() || fault.code() == Some(ProblemCode::Banned)
}

/// Shows the page in front of the door if the fault calls for it.
pub(super) fn shut_out(store: &Store, fault: &Fault) {
    if shuts_out(fault) {
        let is_banned = fault.code() == Some(ProblemCode::Banned);
        let was_inside = store.state().session.me.is_some();
        let why =
            if is_banned { Some(fault.text()) } else { was_inside.then(|| words::SESSION_ENDED.to_owned()) };
        store.dispatch(Action::ShutOut(Gate { why, is_banned }));
    }
}
