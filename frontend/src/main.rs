//! Starts the page in the element that index.html has for it.

use holdline_frontend::App;

fn main() {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.get_element_by_id("app"));
    if let Some(root) = root {
        // What stands there while the client is loading has done its work.
        root.set_inner_html("");
        yew::Renderer::<App>::with_root(root).render();
    }
}
