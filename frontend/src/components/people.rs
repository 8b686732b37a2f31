//! Who is here now.

use holdline_shared::{Here, PersonId};
use yew::prelude::*;

use super::badge;

/// The list, with the exact number.
pub fn people(here: Option<&Here>, me: Option<&PersonId>) -> Html {
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
                        { badge(person) }
                        <span class="name" dir="auto">{ person.name.as_str() }</span>
                        if me == Some(&person.id) {
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
