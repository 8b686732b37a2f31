//! Rooms by their address.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::played_server::{PolledPage, asked};

/// A browser writes every 404 into its console.
#[wasm_bindgen_test]
async fn room_that_an_address_makes_is_not_asked_for_before_it_is_there() {
    let _page = PolledPage::open("tea").await;
    let asked = asked();
    let position = |what: &str| asked.iter().position(|asked| asked == what);
    assert!(position("PUT rooms/tea") < position("GET rooms/tea/messages"), "{asked:?}");
}
