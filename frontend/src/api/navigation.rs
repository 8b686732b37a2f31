//! Navigates to other addresses of the page without reloading it. Does not know what they mean: see `route`.

use wasm_bindgen::JsValue;
use web_sys::{Event, Url};

use super::base::base;

/// Returns the path of the page's address after the base, beginning with `/`.
pub fn path() -> String {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    format!("/{}", path.strip_prefix(&base().path).unwrap_or_default())
}

/// Navigates to an address of the page: `path` is the part after the base. The router's own navigation panics if the
/// browser refuses; Safari does so after a hundred steps in half a minute, and frames without an origin always do.
pub fn step_to(path: &str) {
    let Some(window) = web_sys::window() else { return };
    let location = window.location();
    let path = format!("{}{}", base().path, path.trim_start_matches('/'));
    // Built from the address and not from the base, to keep a user's name and password in it: a step may not change
    // them.
    let address = location.href().and_then(|here| Url::new_with_base(&path, &here));
    let Ok(address) = address.map(|address| address.href()) else { return };
    let history = window.history();
    if history.is_ok_and(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&address)).is_ok()) {
        // The router reads the address when the browser itself has navigated.
        let _ = Event::new("popstate").map(|event| window.dispatch_event(&event));
    } else {
        // This reloads the page; typed text is in storage.
        let _ = location.assign(&address);
    }
}
