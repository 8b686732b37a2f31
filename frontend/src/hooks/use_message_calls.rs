//! What people do to rooms and messages that are there already, and what is said when it fails.

use std::future::Future;

use holdline_shared::{Emoji, MessageText, Nickname, Seq, Topic};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::Store;
use crate::api::{self, Fault};
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
#[hook]
pub fn use_message_calls(store: &Store) -> Callback<MessageCall> {
    let store = store.clone();
    Callback::from(move |call| begin(&store, call))
}

fn begin(store: &Store, call: MessageCall) {
    let Some(room) = store.peek(|state| state.current.clone()) else { return };
    match call {
        MessageCall::React(seq, emoji, on) => {
            spawn(store, async move { api::react(&room, seq, &emoji, on).await.map(|()| None) });
        }
        MessageCall::Edit(seq, text) => {
            spawn(store, async move { api::edit(&room, seq, text).await.map(|()| None) })
        }
        MessageCall::Delete(seq) => spawn(store, async move { api::delete(&room, seq).await.map(|()| None) }),
        MessageCall::Topic(topic) => {
            spawn(store, async move { api::change_topic(&room, topic).await.map(|()| None) })
        }
        MessageCall::Rename(name) => {
            spawn(store, async move { api::rename(name).await.map(|me| Some(Action::SignedIn(me))) })
        }
        MessageCall::Older(before) => {
            let is_busy = |state: &crate::state::State| {
                state.rooms.get(&room).is_none_or(|room| room.older == Older::Loading)
            };
            if store.peek(is_busy) {
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
    }
}

fn spawn(store: &Store, call: impl Future<Output = Result<Option<Action>, Fault>> + 'static) {
    let store = store.clone();
    spawn_local(async move {
        match call.await {
            Ok(Some(action)) => store.dispatch(action),
            Ok(None) => {}
            Err(fault) => store.dispatch(Action::Noticed(Some(fault.text()))),
        }
    });
}
