//! The initial value of a form's field.

use yew::prelude::*;

use crate::api::form;

/// Sets a field's text when it appears, and again when the initial text changes.
#[hook]
pub fn use_first_value(node: &NodeRef, text: &AttrValue) {
    let node = node.clone();
    use_effect_with(text.clone(), move |text| form::set(&node, text));
}
