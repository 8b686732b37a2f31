//! Starts the page in the element that index.html provides.

use holdline_frontend::engine::Engine;
use holdline_frontend::route::Route;
use holdline_frontend::{App, AppProps, api};
use wasm_bindgen_futures::spawn_local;

fn main() {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.get_element_by_id("app"));
    let Some(root) = root else { return };
    let (engine, running) = Engine::start(Route::of_path(&api::path()).page(api::dom::lower_case));
    spawn_local(async move {
        engine.opened().await;
        // The placeholder that was shown while the client was loading is no longer needed.
        root.set_inner_html("");
        yew::Renderer::<App>::with_root_and_props(root, AppProps { engine }).render();
    });
    // The engine runs as long as the page exists.
    std::mem::forget(running);
}
