//! A person's sign: the initial in their colour.

use holdline_shared::Person;
use yew::prelude::*;

use crate::state::{hue, initial};

/// The badge; decoration, because the name always stands beside it.
pub fn badge(person: &Person) -> Html {
    html! { <span class={format!("badge hue-{}", hue(&person.id))} aria-hidden="true">{ initial(person.name.as_str()) }</span> }
}
