//! Rows of the lists that the server sends.

use yew::prelude::*;

use crate::components::changing;
use crate::state::Settings;
use crate::words;

/// A row: the item, a line below it, and its actions.
pub(super) fn row(key: &str, what: Html, below: String, tools: Html) -> Html {
    html! {
        <li key={key} data-testid="row">
            <span class="what" dir="auto">{ what }<span class="faint">{ changing(below) }</span></span>
            { tools }
        </li>
    }
}

/// The rows, or a line that says that there are none or that they are loading. The dialog's outcome shows why they
/// failed to load.
pub(super) fn listing<T>(
    settings: &Settings,
    rows: Option<&[T]>,
    empty: &'static str,
    view: impl Fn(&T) -> Html,
) -> Html {
    match rows {
        None if settings.problem.is_some() => Html::default(),
        None => html! { <p class="faint">{ changing(words::LOADING) }</p> },
        Some([]) => html! { <p class="faint">{ changing(empty) }</p> },
        Some(rows) => html! { <ul class="listing">{ for rows.iter().map(view) }</ul> },
    }
}
