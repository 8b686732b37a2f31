//! The browser's storage for this mount point, and memory in its place where the browser has none to give (private
//! windows, full disks, forbidding owners): then a reload forgets, and everything else works.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::JsCast;

use super::base::shared_name;

/// Text under names. Clones share.
#[derive(Debug, Clone)]
pub struct Storage {
    prefix: Rc<str>,
    /// The texts that the browser would not keep; a name is here or there, never in both.
    memory: Rc<RefCell<Vec<(String, String)>>>,
}

impl Storage {
    /// The storage of this mount point: two Holdlines on one host do not mix.
    pub fn open() -> Self {
        Self::with_prefix(&shared_name(""))
    }

    /// The storage with this prefix.
    pub fn with_prefix(prefix: &str) -> Self {
        Self { prefix: prefix.into(), memory: Rc::default() }
    }

    /// The text under a name.
    pub fn get(&self, name: &str) -> Option<String> {
        if let Some((_, text)) = self.memory.borrow().iter().find(|(kept, _)| kept == name) {
            return Some(text.clone());
        }
        local_storage()?.get_item(&self.key(name)).ok()?
    }

    /// Keeps a text under a name.
    pub fn set(&self, name: &str, text: &str) {
        self.forget(name);
        let kept = local_storage().map(|storage| storage.set_item(&self.key(name), text));
        if !matches!(kept, Some(Ok(()))) {
            // The old text would come back with the next page.
            self.remove(name);
            self.memory.borrow_mut().push((name.to_owned(), text.to_owned()));
        }
    }

    /// Forgets a name.
    pub fn remove(&self, name: &str) {
        self.forget(name);
        // What cannot be removed cannot be read either.
        let _ = local_storage().map(|storage| storage.remove_item(&self.key(name)));
    }

    /// The names that begin with `start`, with their texts.
    pub fn all(&self, start: &str) -> Vec<(String, String)> {
        let begins = |name: &String| name.starts_with(start);
        let mut names: Vec<String> =
            self.memory.borrow().iter().map(|(name, _)| name).filter(|&n| begins(n)).cloned().collect();
        if let Some(storage) = local_storage() {
            let keys = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok()?);
            names.extend(
                keys.filter_map(|key| Some(key.strip_prefix(&*self.prefix)?.to_owned())).filter(begins),
            );
        }
        names.into_iter().filter_map(|name| Some((name.clone(), self.get(&name)?))).collect()
    }

    /// Hears what other tabs change, until it is dropped: a name, and its text unless it was removed.
    pub fn listen(&self, hear: impl Fn(&str, Option<String>) + 'static) -> Option<EventListener> {
        let prefix = Rc::clone(&self.prefix);
        Some(EventListener::new(&web_sys::window()?.into(), "storage", move |event| {
            let Some(event) = event.dyn_ref::<web_sys::StorageEvent>() else { return };
            if let Some(name) = event.key().as_deref().and_then(|key| key.strip_prefix(&*prefix)) {
                hear(name, event.new_value());
            }
        }))
    }

    fn forget(&self, name: &str) {
        self.memory.borrow_mut().retain(|(kept, _)| kept != name);
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// Keeps a text for this tab alone, until it is closed: for the next page in it, after a reload.
pub fn keep_for_reload(text: &str) {
    // Without it the next page has to wait for the server.
    let _ = tab_storage().map(|storage| storage.set_item(&shared_name("snapshot"), text));
}

/// The text that the page before this one in this tab has kept.
pub fn kept_for_reload() -> Option<String> {
    tab_storage()?.get_item(&shared_name("snapshot")).ok()?
}

fn tab_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// The browser's storage; asking for it alone can throw.
fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
