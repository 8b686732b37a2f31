//! A person's sign: the initial in their colour.

use holdline_shared::Person;
use yew::prelude::*;

use super::tag;
use crate::state::{hue, initial};

/// The badge; decoration, because the name always stands beside it.
#[inline(never)]
pub fn badge(person: &Person) -> Html {
    let class = format!("badge hue-{}", hue(&person.id));
    tag("span|aria-hidden=true").set("class", class).say(initial(person.name.as_str())).end()
}
