//! The plainest elements, as functions: what `html!` writes out at each place, a visitor loads for each place.

#![expect(clippy::ignored_unit_patterns, reason = "html! matches the children of a dynamic tag so")]

use holdline_shared::{Person, Timestamp};
use yew::prelude::*;

use super::badge;
use crate::state::{Locale, hue};

/// An element with a class and something in it.
#[inline(never)]
pub fn element(tag: &'static str, class: &'static str, content: Html) -> Html {
    html! { <@{tag} {class}>{ content }</@> }
}

/// An element with a class and words in it, in their own direction.
#[inline(never)]
pub fn words(tag: &'static str, class: &'static str, words: &str) -> Html {
    html! { <@{tag} {class} dir="auto">{ words.to_owned() }</@> }
}

/// Words that only screen readers say.
pub fn unseen(text: &str) -> Html {
    words("span", "unseen", text)
}

/// A button that asks for an act.
#[inline(never)]
pub fn button(class: &'static str, act: String, name: Option<String>, content: Html) -> Html {
    let word = act.split(' ').next().unwrap_or_default().to_owned();
    html! {
        <button type="button" {class} aria-label={name.clone()} title={name} data-testid={word} data-act={act}>
            { content }
        </button>
    }
}

/// A button that looks like a link.
pub fn plain(label: &str, act: String) -> Html {
    button("plain", act, None, html! { label.to_owned() })
}

/// Under whose name messages stand, and when the first of them was said.
#[inline(never)]
pub fn author(person: &Person, at: Timestamp, locale: Locale) -> Html {
    html! {
        <>
            { badge(person) }
            <header>{ name(person) }{ time("", at, locale) }</header>
        </>
    }
}

/// A name in its person's colour.
#[inline(never)]
pub fn name(person: &Person) -> Html {
    html! { <b class={format!("hue-{}", hue(&person.id))} dir="auto">{ person.name.as_str() }</b> }
}

/// Hours and minutes.
#[inline(never)]
pub fn time(class: &'static str, at: Timestamp, locale: Locale) -> Html {
    html! { <time {class} datetime={(locale.machine)(at)}>{ (locale.time)(at) }</time> }
}
