//! Why something that was wanted has not been done.

use yew::prelude::*;

use super::{Shape, button, element, icon, words};

/// A line that stays until it is closed.
pub fn notice(text: Option<&str>) -> Html {
    let line = text.map(|text| {
        let close = button("tool", "close-notice".to_owned(), Some("Close".to_owned()), icon(Shape::Close));
        element("p", "notice", html! { <>{ words("span", "", text) }{ close }</> })
    });
    html! { <div role="alert">{ line.unwrap_or_default() }</div> }
}
