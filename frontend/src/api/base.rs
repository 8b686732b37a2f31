//! Where the page is mounted: everything is resolved against the document's `<base>`, which the server sets.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsValue, UnwrapThrowExt};

/// The mount point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The whole address, ending in `/`.
    pub url: String,
    /// Its path, beginning and ending with `/`.
    pub path: String,
}

/// Asks the document.
pub fn base() -> Base {
    let uri = document().base_uri().ok().flatten().unwrap_or_default();
    let url = web_sys::Url::new_with_base("./", &uri).unwrap_throw();
    Base { url: url.href(), path: url.pathname() }
}

/// The name of something that all tabs with this mount point share.
pub fn shared_name(name: &str) -> String {
    format!("holdline:{}:{name}", base().path)
}

impl Base {
    /// The address of a route of the server's API.
    pub fn api(&self, route: &str) -> String {
        format!("{}api/v1/{route}", self.url)
    }

    /// The address of a page.
    pub fn page(&self, href: &str) -> String {
        format!("{}{}", self.path, href.trim_start_matches("./"))
    }

    /// The part of an address's path that is ours, decoded; `None` outside of the mount point.
    pub fn strip(&self, path: &str) -> Option<String> {
        let rest =
            path.strip_prefix(&self.path).or_else(|| (format!("{path}/") == self.path).then_some(""))?;
        Some(js_sys::decode_uri_component(rest).map_or_else(|_| rest.to_owned(), String::from))
    }
}

pub(super) fn document() -> web_sys::Document {
    web_sys::window().unwrap_throw().document().unwrap_throw()
}

/// An object with these properties, as many functions of browsers want their options.
pub(super) fn object(properties: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in properties {
        set(&object, name, value);
    }
    object
}

/// Gives an object one more property.
pub(super) fn set(object: &Object, name: &str, value: &JsValue) {
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(object, &name.into(), value);
}
