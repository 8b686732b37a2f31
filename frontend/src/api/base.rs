//! The page's mount point: every address is resolved against the document's `<base>`, which the server sets.

use wasm_bindgen::UnwrapThrowExt;

/// The mount point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The whole address, ending in `/`. Without a user's name and password: browsers refuse requests to such
    /// addresses, and send both by themselves.
    pub url: String,
    /// The address's path, beginning and ending with `/`.
    pub path: String,
}

/// Reads the mount point from the document.
pub fn base() -> Base {
    let uri = document().base_uri().ok().flatten().unwrap_or_default();
    let url = web_sys::Url::new_with_base("./", &uri).unwrap_throw();
    url.set_username("");
    url.set_password("");
    Base { url: url.href(), path: url.pathname() }
}

/// The name of something that all tabs with this mount point share.
pub fn shared_name(name: &str) -> String {
    format!("holdline:{}:{name}", base().path)
}

impl Base {
    /// Returns the address of a route of the server's API.
    pub fn api(&self, route: &str) -> String {
        format!("{}api/v1/{route}", self.url)
    }
}

/// The build of a page that came from the service worker's cache and not from the server.
pub(super) fn kept_build() -> Option<String> {
    document().document_element()?.get_attribute("data-build")
}

pub(super) fn document() -> web_sys::Document {
    web_sys::window().unwrap_throw().document().unwrap_throw()
}
