//! A field in which something is typed: its text, what is wrong with it, its height and the focus.

use web_sys::HtmlElement;
use yew::prelude::*;

use super::{Shared, use_shared};
use crate::api::scroll;

/// A field.
#[derive(Clone)]
pub struct Field {
    /// The element.
    pub node: NodeRef,
    /// What is typed, and what is wrong with it.
    pub state: Shared<(String, Option<String>)>,
}

impl Field {
    /// It says something else now, and nothing is wrong with that yet.
    pub fn set(&self, text: String) {
        self.state.set((text, None));
    }

    /// Something is wrong with what it says.
    pub fn refuse(&self, text: String, why: String) {
        self.state.set((text, Some(why)));
    }
}

/// A field that begins with `text`, as high as its text, and takes the focus whenever `focus` changes to something.
#[hook]
pub fn use_field(text: &str, focus: Option<u64>) -> Field {
    let state = use_shared(|| (text.to_owned(), None));
    let seen = use_mut_ref(|| (NodeRef::default(), None, None));
    let field = Field { node: seen.borrow().0.clone(), state };
    let text = field.state.get().0.clone();
    use_effect(move || {
        let (node, last_text, last_focus) = &mut *seen.borrow_mut();
        let Some(element) = node.cast::<HtmlElement>() else { return };
        if last_text.as_ref() != Some(&text) {
            scroll::fit_height(&element);
            *last_text = Some(text);
        }
        if std::mem::replace(last_focus, focus) != focus && focus.is_some() {
            // An element that cannot have the focus leaves it where it is.
            let _ = element.focus();
        }
    });
    field
}
