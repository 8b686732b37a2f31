//! Why something that was wanted has not been done.

use yew::prelude::*;

use super::{Shape, icon};

/// A line that stays until it is closed.
pub fn notice(text: Option<&str>) -> Html {
    html! {
        <div role="alert">
            if let Some(text) = text {
                <p class="notice">
                    <span>{ text.to_owned() }</span>
                    <button type="button" class="tool" aria-label="Close" data-act="close-notice">
                        { icon(Shape::Close) }
                    </button>
                </p>
            }
        </div>
    }
}
