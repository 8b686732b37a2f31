//! A text to copy, with a button that copies it.

use yew::prelude::*;

use super::changing;
use crate::api::dom;
use crate::hooks::use_focus;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The text.
    pub text: AttrValue,
    /// Whether the text takes the focus when it appears, which scrolls it into view and has it read out.
    #[prop_or_default]
    pub takes_focus: bool,
}

/// The text and its button, which shows the outcome of a click.
#[component]
pub fn Copied(props: &Props) -> Html {
    let node = use_node_ref();
    use_focus(&node, props.takes_focus.then_some(()));
    let is_copied = use_state_eq(|| None::<bool>);
    let onclick = {
        let (node, is_copied) = (node.clone(), is_copied.setter());
        Callback::from(move |_: MouseEvent| is_copied.set(Some(dom::copy(&node))))
    };
    let word = match *is_copied {
        None => words::COPY,
        Some(true) => words::COPIED,
        Some(false) => words::COPY_SELECTED,
    };
    html! {
        <div class="copied">
            <code ref={&node} tabindex="-1" translate="no">{ &props.text }</code>
            <button type="button" class="button" {onclick}><span role="status">{ changing(word) }</span></button>
        </div>
    }
}
