//! Typed text, in storage.

use holdline_frontend::api::Storage;
use holdline_frontend::command::Command;
use holdline_shared::{RoomName, Seq};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::played_server::PolledPage;

/// To write megabytes at every key is more than browsers can do.
#[wasm_bindgen_test]
async fn huge_texts_are_not_written_at_every_key() {
    let page = PolledPage::open("lobby").await;
    let kept = || Storage::open().get("writing:lobby").unwrap_or_default();
    let (room, huge) = (RoomName::lobby(), "a".repeat(1_000_000));
    page.run(Command::Edit(room.clone(), Seq(1)));
    page.run(Command::ChangeEdit(room.clone(), "one and".to_owned()));
    assert!(kept().contains("one and"));
    page.run(Command::ChangeEdit(room.clone(), huge.clone()));
    assert!(kept().len() < 1_000, "an edit of {} bytes", kept().len());
    page.run(Command::CancelEdit(room.clone()));
    assert_eq!(kept(), "");
    page.run(Command::Write(room.clone(), "half a".to_owned()));
    page.run(Command::Write(room.clone(), huge));
    assert!(kept().contains("half a"), "what was typed before stays");
    page.run(Command::Write(room, String::new()));
    assert_eq!(kept(), "");
}
