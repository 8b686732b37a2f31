//! Who is here now.

use std::rc::Rc;

use holdline_shared::{Here, PersonId};
use yew::prelude::*;

use super::Badge;

/// Who.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The people, once the server has told.
    pub here: Option<Rc<Here>>,
    /// Who I am.
    pub me: Option<PersonId>,
}

/// The list, with the exact number.
#[component]
pub fn People(props: &Props) -> Html {
    let here = props.here.as_deref();
    let others = here.map_or(0, |here| here.count.saturating_sub(here.people.len()));
    html! {
        <section class="people" data-testid="people">
            <h2>
                { "Here now" }
                if let Some(here) = here {
                    <span class="count">{ here.count }</span>
                }
            </h2>
            <ul>
                for person in here.into_iter().flat_map(|here| &here.people) {
                    <li key={person.id.as_str()} class="person" data-testid="person">
                        <Badge person={person.clone()} />
                        <span class="name" dir="auto">{ person.name.as_str() }</span>
                        if props.me.as_ref() == Some(&person.id) {
                            <span class="faint">{ "you" }</span>
                        }
                    </li>
                }
            </ul>
            if others > 0 {
                <p class="faint">{ format!("and {others} more") }</p>
            }
        </section>
    }
}
