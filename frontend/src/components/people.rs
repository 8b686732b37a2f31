//! The people who are here now.

use holdline_shared::{Here, Person, PersonId};
use yew::prelude::*;

use super::{badge, changing, mark, sign};
use crate::command::Command;
use crate::hooks::{use_commands, use_namesakes};
use crate::state::{Overlay, Panel, Profiles};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The people, once known.
    pub here: Option<Here>,
    /// The people who have an account.
    #[prop_or_default]
    pub profiles: Profiles,
    /// The reader.
    pub me: Option<PersonId>,
}

/// The list, with the reader first, and the exact number.
#[component]
pub fn People(props: &Props) -> Html {
    let (run, namesakes) = (use_commands(), use_namesakes());
    let me = props.me.as_ref();
    let Some(Here { count, people }) = &props.here else { return Html::default() };
    let (own, others): (Vec<_>, Vec<_>) = people.iter().partition(|person| me == Some(&person.id));
    let unlisted = count.saturating_sub(people.len());
    let view = |person: &Person| {
        let panel = Panel::about(person, me);
        let onclick = run.reform(move |_: MouseEvent| Command::Open(Overlay::Panel(panel.clone())));
        html! {
            <li key={person.id.as_str()} data-testid="person">
                <button type="button" class="person" title={person.name.to_string()} {onclick}>
                    { badge(person) }
                    <span class="name" dir="auto" translate="no">{ person.name.as_str().to_owned() }</span>
                    { sign(namesakes.sign(&person.id).as_deref()) }
                    { mark(props.profiles.mark(person)) }
                    if me == Some(&person.id) {
                        <span class="faint">{ words::YOU }</span>
                    }
                </button>
            </li>
        }
    };
    html! {
        <section class="people" data-testid="people">
            <h2>{ words::HERE_NOW }<span class="count" translate="no">{ *count }</span></h2>
            <ul>{ for own.into_iter().chain(others).map(view) }</ul>
            if unlisted > 0 {
                <p class="faint">{ changing(words::and_more_people(unlisted)) }</p>
            }
        </section>
    }
}
