//! A modal dialog: takes the focus and returns it; Esc or a click outside closes it. The parent decides on its content
//! and existence.

use yew::prelude::*;

use crate::api::{dom, focus};
use crate::hooks::use_modal;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The shape: `card`, `sheet` or `drawer`.
    pub class: Classes,
    /// The title, for screen readers.
    pub label: AttrValue,
    /// The callback for the reader's request to close it.
    pub on_close: Callback<()>,
    /// The content.
    pub children: Html,
}

/// The dialog. Its element has no space around the content, so a click on the element itself is a click outside.
#[component]
pub fn Dialog(props: &Props) -> Html {
    let Props { class, label, on_close, children } = props;
    let node = use_node_ref();
    use_modal(&node, label);
    // The event comes a moment after the end, when the dialog may be open again.
    let onclose = {
        let (node, on_close) = (node.clone(), on_close.clone());
        Callback::from(move |_: Event| {
            if !focus::is_open(&node) {
                on_close.emit(());
            }
        })
    };
    let onclick = {
        let (node, on_close) = (node.clone(), on_close.clone());
        Callback::from(move |event: MouseEvent| {
            if dom::is_on(&event, &node) {
                on_close.emit(());
            }
        })
    };
    html! {
        <dialog
            ref={node}
            tabindex="-1"
            class={class.clone()}
            aria-label={label.clone()}
            {onclose}
            {onclick}
        >
            <div class="content">{ children.clone() }</div>
        </dialog>
    }
}
