//! Why something that was wanted has not been done.

use yew::prelude::*;

use super::{Shape, button, icon, tag, words};

/// A line that stays until it is closed.
pub fn notice(text: Option<&str>) -> Html {
    let line = text.map(|text| {
        let close = button("tool", "close-notice".to_owned(), Some("Close"), icon(Shape::Close));
        tag("p|class=notice").with(words("span", "", text)).with(close).end()
    });
    tag("div|role=alert").with(line.unwrap_or_default()).end()
}
