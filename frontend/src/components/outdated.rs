//! The line that offers to load the page anew, because the server is newer.

use yew::prelude::*;

/// Properties of [`Outdated`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Loads the page anew.
    pub on_reload: Callback<()>,
}

/// The line. It stays until the page is loaded anew.
#[component]
pub fn Outdated(props: &Props) -> Html {
    let onclick = props.on_reload.reform(|_: MouseEvent| ());
    html! {
        <p class="outdated" role="status" data-testid="outdated">
            <span>{ "Holdline was updated. This page may not show everything." }</span>
            <button type="button" class="plain" {onclick}>{ "Reload" }</button>
        </p>
    }
}
