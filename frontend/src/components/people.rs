//! Who is here now.

use holdline_shared::{Here, Person, PersonId};
use yew::prelude::*;

use super::{badge, tag, words};

/// The list, with the exact number.
pub fn people(here: Option<&Here>, me: Option<&PersonId>) -> Html {
    let (count, people) = here.map_or((0, [].as_slice()), |here| (here.count, here.people.as_slice()));
    let others = count.saturating_sub(people.len());
    let person = |person: &Person| {
        let is_me = me == Some(&person.id);
        tag("li|class=person|data-testid=person")
            .key(person.id.as_str())
            .with(badge(person))
            .with(words("span", "name", person.name.as_str()))
            .with(if is_me { words("span", "faint", "you") } else { Html::default() })
            .end()
    };
    let more = format!("and {others} more");
    let title = tag("h2").say("Here now").with(words("span", "count", &count.to_string())).end();
    tag("section|class=people|data-testid=people")
        .with(title)
        .with(tag("ul").all(people.iter().map(person)).end())
        .with(if others > 0 { words("p", "faint", &more) } else { Html::default() })
        .end()
}
