//! Why something that was wanted has not been done.

use yew::prelude::*;

use super::{Icon, Shape};

/// What to say.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The text; nothing is shown without.
    pub text: Option<AttrValue>,
    /// The reader has seen it.
    pub on_close: Callback<()>,
}

/// A line that stays until it is closed.
#[component]
pub fn Notice(props: &Props) -> Html {
    html! {
        <div role="alert">
            if let Some(text) = &props.text {
                <p class="notice">
                    <span>{ text }</span>
                    <button type="button" class="tool" aria-label="Close" onclick={props.on_close.reform(|_| ())}>
                        <Icon shape={Shape::Close} />
                    </button>
                </p>
            }
        </div>
    }
}
