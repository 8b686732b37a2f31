//! The reader's session while it changes: nobody begins another one.

use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use holdline_frontend::api;
use holdline_frontend::command::Command;
use holdline_frontend::state::{Overlay, Request};
use js_sys::{Object, Reflect};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::PATIENCE;
use crate::played_server::{PolledPage, asked, call, until_asked, until_there_is};

/// Changes the passphrase while a poll is held, and returns what was asked from the change on.
async fn change_passphrase(closes_dialog: bool) -> Vec<String> {
    let page = PolledPage::open("lobby").await;
    let before = asked().len();
    let passphrase = Request::Passphrase { old: "an old one".to_owned(), new: "a new one".to_owned() };
    page.run(Command::Ask(passphrase));
    if closes_dialog {
        page.run(Command::Open(Overlay::Nothing));
    }
    until_there_is("finish").await;
    // The refusal of the poll has its consequences now, or never.
    for _ in 0..50 {
        TimeoutFuture::new(1).await;
    }
    call("finish");
    until_asked("POST session").await;
    let mut asked = asked().split_off(before);
    asked.retain(|what| !what.starts_with("GET"));
    asked
}

#[wasm_bindgen_test]
async fn session_is_not_renewed_while_it_changes() {
    let asked = change_passphrase(true).await;
    assert_eq!(asked[..3], ["PATCH me", "changed", "POST session"], "{asked:?}");
}

/// As in a page over plain HTTP.
#[wasm_bindgen_test]
async fn session_is_not_renewed_while_it_changes_where_there_are_no_locks() {
    let navigator = web_sys::window().unwrap().navigator();
    let no_locks = Object::new();
    Reflect::set(&no_locks, &"configurable".into(), &true.into()).unwrap();
    Reflect::define_property(&navigator, &"locks".into(), &no_locks).unwrap();
    let asked = change_passphrase(false).await;
    // What stands on the object itself hides what every navigator has.
    Reflect::delete_property(&navigator, &"locks".into()).unwrap();
    assert_eq!(asked[..3], ["PATCH me", "changed", "POST session"], "{asked:?}");
}

/// A request for a session that never ends must not keep the other tabs out for ever.
#[wasm_bindgen_test]
async fn lock_that_another_one_keeps_is_waited_for_no_longer_than_patience() {
    let held = api::lock("test:session", PATIENCE).await;
    assert!(held.is_some());
    assert!(api::lock("test:session", Duration::from_millis(20)).await.is_none());
    drop(held);
    assert!(api::lock("test:session", PATIENCE).await.is_some());
}
