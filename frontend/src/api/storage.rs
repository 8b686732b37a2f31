//! The browser's storage for this mount point, with memory as a fallback if the browser denies storage (private
//! windows, full disks, settings that forbid it): a reload then forgets, and everything else works.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::JsCast;

use super::base::shared_name;

/// Texts by name. Clones share them.
#[derive(Debug, Clone)]
pub struct Storage {
    prefix: Rc<str>,
    /// The texts that the browser would not store; a name is here or in the browser, never in both.
    memory: Rc<RefCell<Vec<(String, String)>>>,
}

impl Storage {
    /// Opens the storage of this mount point: two Holdlines on one host do not mix.
    pub fn open() -> Self {
        Self::with_prefix(&shared_name(""))
    }

    /// Opens the storage with this prefix.
    pub fn with_prefix(prefix: &str) -> Self {
        Self { prefix: prefix.into(), memory: Rc::default() }
    }

    /// Returns the text under a name.
    pub fn get(&self, name: &str) -> Option<String> {
        if let Some((_, text)) = self.memory.borrow().iter().find(|(kept, _)| kept == name) {
            return Some(text.clone());
        }
        local_storage()?.get_item(&self.key(name)).ok()?
    }

    /// Stores a text under a name.
    pub fn set(&self, name: &str, text: &str) {
        self.forget(name);
        let kept = local_storage().map(|storage| storage.set_item(&self.key(name), text));
        if !matches!(kept, Some(Ok(()))) {
            // Otherwise the next page would load the old text.
            self.remove(name);
            self.memory.borrow_mut().push((name.to_owned(), text.to_owned()));
        }
    }

    /// Removes a name.
    pub fn remove(&self, name: &str) {
        self.forget(name);
        // A text that cannot be removed cannot be read either.
        let _ = local_storage().map(|storage| storage.remove_item(&self.key(name)));
    }

    /// Returns the names that begin with `start`, with their texts.
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

    /// Listens to the changes of other tabs until the listener is dropped: `hear` receives a name, and its text unless
    /// it was removed.
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

/// Stores a text for the next page in this tab, after a reload, until the tab is closed.
pub fn keep_for_reload(text: &str) {
    // Without it the next page has to wait for the server.
    let _ = tab_storage().map(|storage| storage.set_item(&shared_name("snapshot"), text));
}

/// Returns the text that the previous page in this tab has stored.
pub fn kept_for_reload() -> Option<String> {
    tab_storage()?.get_item(&shared_name("snapshot")).ok()?
}

/// Removes what the browser keeps for this mount point.
pub fn forget_all() {
    let prefix = shared_name("");
    for storage in [local_storage(), tab_storage()].into_iter().flatten() {
        let names: Vec<_> =
            (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok()?).collect();
        for name in names.iter().filter(|name| name.starts_with(&prefix)) {
            // A text that cannot be removed cannot be read either.
            let _ = storage.remove_item(name);
        }
    }
}

fn tab_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// Returns the browser's storage; even asking for it can throw.
fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
