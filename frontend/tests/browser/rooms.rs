//! Rooms by their address.

use holdline_frontend::command::Command;
use holdline_shared::RoomName;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::played_server::{PolledPage, asked, until_asked};

/// A browser writes every 404 into its console.
#[wasm_bindgen_test]
async fn missing_room_is_not_asked_for_before_the_reader_makes_it() {
    let page = PolledPage::open_missing("tea").await;
    let before = asked();
    assert!(!before.iter().any(|asked| asked.contains("tea")), "{before:?}");
    page.run(Command::Make(RoomName::parse("tea").unwrap()));
    until_asked("GET poll").await;
    let asked = asked();
    let position = |what: &str| asked.iter().position(|asked| asked == what);
    let made = position("PUT rooms/tea");
    assert!(made.is_some() && made < position("GET rooms/tea/messages"), "{asked:?}");
}
