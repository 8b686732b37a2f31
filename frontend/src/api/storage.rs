//! The browser's storage for this mount point, and memory in its place where the browser has none to give (private
//! windows, full disks, forbidding owners): then a reload forgets, and everything else works.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::base;

/// Text under names. Clones share.
#[derive(Debug, Clone)]
pub struct Storage {
    prefix: Rc<str>,
    /// What the browser would not keep; a name is here or there, never in both.
    memory: Rc<RefCell<BTreeMap<String, String>>>,
}

impl Storage {
    /// The storage of this mount point: two Holdlines on one host do not mix.
    pub fn open() -> Self {
        Self::with_prefix(&format!("holdline:{}:", base().path))
    }

    /// The storage with this prefix.
    pub fn with_prefix(prefix: &str) -> Self {
        Self { prefix: prefix.into(), memory: Rc::default() }
    }

    /// The text under a name.
    pub fn get(&self, name: &str) -> Option<String> {
        if let Some(text) = self.memory.borrow().get(name) {
            return Some(text.clone());
        }
        local_storage()?.get_item(&self.key(name)).ok()?
    }

    /// Keeps a text under a name.
    pub fn set(&self, name: &str, text: &str) {
        self.memory.borrow_mut().remove(name);
        let kept = local_storage().map(|storage| storage.set_item(&self.key(name), text));
        if !matches!(kept, Some(Ok(()))) {
            self.memory.borrow_mut().insert(name.to_owned(), text.to_owned());
        }
    }

    /// Forgets a name.
    pub fn remove(&self, name: &str) {
        self.memory.borrow_mut().remove(name);
        // What cannot be removed cannot be read either.
        let _ = local_storage().map(|storage| storage.remove_item(&self.key(name)));
    }

    /// The texts under all names that begin with `start`.
    pub fn all(&self, start: &str) -> Vec<String> {
        let mut names: Vec<String> =
            self.memory.borrow().keys().filter(|name| name.starts_with(start)).cloned().collect();
        if let Some(storage) = local_storage() {
            let keys = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok()?);
            names.extend(
                keys.filter_map(|key| Some(key.strip_prefix(&*self.prefix)?.to_owned()))
                    .filter(|name| name.starts_with(start)),
            );
        }
        names.sort_unstable();
        names.iter().filter_map(|name| self.get(name)).collect()
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// Asking for it alone can throw.
fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
