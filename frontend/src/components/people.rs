//! Who is here now.

use holdline_shared::{Here, PersonId};
use yew::prelude::*;

use super::{badge, words};

/// The list, with the exact number.
pub fn people(here: Option<&Here>, me: Option<&PersonId>) -> Html {
    let (count, people) = here.map_or((0, [].as_slice()), |here| (here.count, here.people.as_slice()));
    let others = count.saturating_sub(people.len());
    html! {
        <section class="people" data-testid="people">
            <h2>{ "Here now" }{ words("span", "count", &count.to_string()) }</h2>
            <ul>
                for person in people {
                    <li key={person.id.as_str()} class="person" data-testid="person">
                        { badge(person) }
                        { words("span", "name", person.name.as_str()) }
                        if me == Some(&person.id) {
                            { words("span", "faint", "you") }
                        }
                    </li>
                }
            </ul>
            if others > 0 {
                { words("p", "faint", &format!("and {others} more")) }
            }
        </section>
    }
}
