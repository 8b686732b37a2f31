//! What people do to rooms and messages that are there already, and what is said when it fails.

use holdline_shared::{Emoji, MessageText, Nickname, RoomName, Seq, Topic};
use wasm_bindgen_futures::spawn_local;

use super::Store;
use crate::api::{self, Change};
use crate::state::{Action, Older};

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum MessageCall {
    /// Put a reaction, or take it back.
    React(Seq, Emoji, bool),
    /// Change a message of one's own.
    Edit(Seq, MessageText),
    /// Delete it.
    Delete(Seq),
    /// Get the messages before this one.
    Older(Seq),
    /// Say what the room is about.
    Topic(Topic),
    /// Change one's nickname.
    Rename(Nickname),
}

/// Does it in the current room.
pub fn call(store: &Store, call: MessageCall) {
    let Some(room) = store.state().current.clone() else { return };
    let typed = match &call {
        MessageCall::Edit(_, text) => Some(text.to_string()),
        MessageCall::Topic(topic) => Some(topic.to_string()),
        _ => None,
    };
    let change = match call {
        MessageCall::React(seq, emoji, on) => Change::react(&room, seq, &emoji, on),
        MessageCall::Edit(seq, text) => Change::edit(&room, seq, &text),
        MessageCall::Delete(seq) => Change::delete(&room, seq),
        MessageCall::Topic(topic) => Change::topic(&room, &topic),
        MessageCall::Rename(name) => return rename(store, name),
        MessageCall::Older(before) => return get_older(store, room, before),
    };
    let store = store.clone();
    spawn_local(async move {
        if let Err(fault) = change.make().await {
            store.dispatch(Action::Noticed(Some(not_done(&fault.text(), typed))));
        }
    });
}

/// Why something was not done, with what was typed for it, so that it can be copied from there.
fn not_done(why: &str, typed: Option<String>) -> String {
    typed.map_or_else(|| why.to_owned(), |typed| format!("{why}. Not changed to: {typed}"))
}

fn rename(store: &Store, name: Nickname) {
    let store = store.clone();
    spawn_local(async move {
        let typed = Some(name.to_string());
        store.dispatch(match api::rename(name).await {
            Ok(me) => Action::SignedIn(me),
            Err(fault) => Action::Noticed(Some(not_done(&fault.text(), typed))),
        });
    });
}

fn get_older(store: &Store, room: RoomName, before: Seq) {
    if store.state().room_called(&room).is_none_or(|room| room.older == Older::Loading) {
        return;
    }
    store.dispatch(Action::OlderAsked(room.clone()));
    let store = store.clone();
    spawn_local(async move {
        store.dispatch(match api::older(&room, before).await {
            Ok(page) => Action::OlderCame(room, before, page),
            Err(_) => Action::OlderFailed(room),
        });
    });
}
