//! Sends requests about people, rooms or the server, and shows the outcome in the dialog that sent them.

use holdline_shared::{ProblemCode, RoomName, Seq};
use wasm_bindgen_futures::spawn_local;

use super::room_list::refresh;
use super::session;
use super::store::Store;
use crate::api::{self, Reply};
use crate::state::{Action, Gate, Link, Listing, Notice, Overlay, Panel, Phase, Request, Settings};
use crate::words;

/// Sends a request. Ignores a second click while a request is outstanding.
pub(super) fn ask(store: &Store, request: Request) {
    if store.state().settings.is_busy {
        return;
    }
    store.dispatch(Action::Asked);
    let store = store.clone();
    spawn_local(async move {
        // With the lock, a poll that the change ends cannot start another session meanwhile, in any tab.
        let lock = if request.changes_session() { session::alone().await } else { None };
        let answer = api::ask(&request).await;
        drop(lock);
        match answer {
            Ok(reply) => fulfil(&store, &request, reply).await,
            Err(fault) => store.dispatch(Action::Failed(fault.text())),
        }
    });
}

/// Loads the list that a panel shows.
pub(super) fn load(store: &Store, panel: Panel) {
    let store = store.clone();
    spawn_local(async move { list(&store, &panel).await });
}

/// Loads the changes before this one.
pub(super) fn load_audit(store: &Store, before: Seq) {
    let store = store.clone();
    spawn_local(async move {
        match api::list(&Panel::Audit, None, Some(before)).await {
            Ok(Some(Listing::Audit(older))) => {
                if let Some(Listing::Audit(mut lines)) = store.state().settings.listing.clone() {
                    lines.extend(older);
                    store.dispatch(Action::ListingCame(Listing::Audit(lines)));
                }
            }
            Ok(_) => {}
            Err(fault) => store.dispatch(Action::Failed(fault.text())),
        }
    });
}

/// Asks what a link gives. If the server does not say, the link can still be used.
pub(super) fn look_at_link(store: &Store, code: String) {
    let store = store.clone();
    spawn_local(async move {
        let link = match api::look_at_link(&code).await {
            Ok(gives) => Link::Works(gives),
            Err(fault) if fault.code() == Some(ProblemCode::WrongSecret) => Link::Refused,
            Err(_) => Link::Untold,
        };
        store.dispatch(Action::LinkSeen(code, link));
    });
}

async fn list(store: &Store, panel: &Panel) {
    let state = store.state();
    let room = state.ui.page.room();
    let answer = match panel {
        Panel::Person(person) if state.is_room_admin() || state.session.is_admin() => {
            // An admin of the server may not be allowed to read every room.
            let room = state.room().filter(|room| room.phase == Phase::Ready).map(|room| &room.name);
            api::list_standing(&person.id, room, state.session.is_admin()).await.map(Some)
        }
        panel => api::list(panel, room, None).await,
    };
    match answer {
        Ok(Some(listing)) if is_open(store, panel) => store.dispatch(Action::ListingCame(listing)),
        Ok(_) => {}
        Err(fault) => store.dispatch(Action::Failed(fault.text())),
    }
}

fn is_open(store: &Store, panel: &Panel) -> bool {
    matches!(&store.state().ui.overlay, Overlay::Panel(open) if open == panel)
}

async fn fulfil(store: &Store, request: &Request, reply: Reply) {
    let settings = store.state().settings.cleared();
    match reply {
        Reply::Secret(secret) => {
            store.dispatch(Action::Answered(Settings { secret: Some(secret), ..settings }));
        }
        Reply::Room(room) => {
            close(store);
            refresh(store);
            store.dispatch(Action::Entered(Some(room)));
            return;
        }
        Reply::Me(me) => {
            store.dispatch(Action::SignedIn(me.profile.person.clone()));
            store.dispatch(Action::AccountCame(*me));
            store.dispatch(Action::Answered(Settings { is_done: true, ..settings }));
        }
        Reply::Done => store.dispatch(Action::Answered(Settings { is_done: true, ..settings })),
    }
    match request {
        Request::Profile { .. } | Request::Rules { .. } => close(store),
        Request::SignOut | Request::Leave { .. } => {
            // Without a reader the page keeps nothing for the next one.
            store.dispatch(Action::ShutOut(Gate::default()));
            api::forget_all();
            api::dom::reload();
        }
        Request::DeleteRoom(_) | Request::LeaveRoom { .. } => {
            close(store);
            refresh(store);
            store.dispatch(Action::Entered(Some(RoomName::lobby())));
        }
        // These change who has an account, who is an admin, or which bots there are.
        Request::Passphrase { .. }
        | Request::Admin(..)
        | Request::Erase { .. }
        | Request::IncomingHook { .. }
        | Request::Token(_) => refresh(store),
        Request::Report { .. } => {
            close(store);
            store.dispatch(Action::Noticed(Some(Notice::News(words::REPORTED.to_owned()))));
        }
        Request::Door { .. } => {
            // Refreshes what the page shows about the door; without a response nothing changes.
            let _ = session::look(store).await;
        }
        _ => {}
    }
    let overlay = store.state().ui.overlay.clone();
    if let Overlay::Panel(panel) = overlay {
        list(store, &panel).await;
    }
}

fn close(store: &Store) {
    store.dispatch(Action::Opened(Overlay::Nothing));
}
