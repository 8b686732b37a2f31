//! The first value of a form's field.

use yew::prelude::*;

use crate::api::form;

/// Puts a text into a field when it appears, and again when another text is what it begins with.
#[hook]
pub fn use_first_value(node: &NodeRef, text: &AttrValue) {
    let node = node.clone();
    use_effect_with(text.clone(), move |text| form::set(&node, text));
}
