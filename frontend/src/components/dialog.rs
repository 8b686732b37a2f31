//! A dialog over the page: takes the focus and gives it back; Esc and a click beside it close it. What is in it, the
//! parent says; whether it is there, too.

use yew::prelude::*;

use crate::api::dom;
use crate::hooks::use_modal;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// Its shape: `card`, `sheet` or `drawer`.
    pub class: Classes,
    /// The title, for screen readers.
    pub label: AttrValue,
    /// Hears that the reader wants it closed.
    pub on_close: Callback<()>,
    /// The content.
    pub children: Html,
}

/// The dialog. Its element has no room of its own beside the content, so that a click on it is one beside the content.
#[component]
pub fn Dialog(props: &Props) -> Html {
    let Props { class, label, on_close, children } = props;
    let node = use_node_ref();
    use_modal(&node);
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
            class={class.clone()}
            aria-label={label.clone()}
            onclose={on_close.reform(|_: Event| ())}
            {onclick}
        >
            <div class="content">{ children.clone() }</div>
        </dialog>
    }
}
