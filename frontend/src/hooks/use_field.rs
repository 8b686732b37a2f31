//! A field in which something is typed: its text, what is wrong with it, its height and the focus.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::api::scroll;

/// A field.
#[derive(Clone, PartialEq)]
pub struct Field {
    /// The element.
    pub node: NodeRef,
    /// What is typed.
    pub text: String,
    /// What is wrong with it.
    pub error: Option<String>,
    state: UseStateHandle<(String, Option<String>)>,
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
    let node = use_node_ref();
    let state = use_state(|| (text.to_owned(), None));
    let (text, error) = (*state).clone();
    let field = Field { node, text, error, state };
    let node = field.node.clone();
    let last_focus = use_mut_ref(|| None);
    use_effect_with((field.text.clone(), focus), move |(_, focus)| {
        if let Some(element) = node.cast::<HtmlElement>() {
            scroll::fit_height(&element);
            if last_focus.replace(*focus) != *focus && focus.is_some() {
                // An element that cannot have the focus leaves it where it is.
                let _ = element.focus();
            }
        }
    });
    field
}
