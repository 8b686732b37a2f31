//! A person's sign: the initial in their colour.

use holdline_shared::Person;
use yew::prelude::*;

use crate::state::{hue, initial};

/// Whose.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The person.
    pub person: Person,
}

/// The badge; decoration, because the name always stands beside it.
#[component]
pub fn Badge(props: &Props) -> Html {
    let hue = format!("hue-{}", hue(&props.person.id));
    html! { <span class={classes!("badge", hue)} aria-hidden="true">{ initial(props.person.name.as_str()) }</span> }
}
