//! The plainest elements, as functions.

use holdline_shared::{Person, Timestamp};
use yew::prelude::*;

use super::{all, badge, tag, text};
use crate::state::{Locale, hue};

/// An element with words in it, in their own direction.
#[inline(never)]
pub fn words(opening: &'static str, class: &'static str, words: &str) -> Html {
    tag(opening).set("class", class).set("dir", "auto").say(words.to_owned()).end()
}

/// Words that only screen readers say.
pub fn unseen(text: &str) -> Html {
    words("span", "unseen", text)
}

/// A button that asks for an act.
#[inline(never)]
pub fn button(class: &'static str, act: String, name: Option<&str>, content: Html) -> Html {
    let word = act.split(' ').next().unwrap_or_default().to_owned();
    let name = name.map(|name| AttrValue::from(name.to_owned()));
    tag("button|type=button")
        .set("class", class)
        .set_some("aria-label", name.clone())
        .set_some("title", name)
        .set("data-testid", word)
        .set("data-act", act)
        .with(content)
        .end()
}

/// A button that looks like a link.
pub fn plain(label: &'static str, act: String) -> Html {
    button("plain", act, None, text(label.into()))
}

/// Under whose name messages stand, and when the first of them was said.
#[inline(never)]
pub fn author(person: &Person, at: Timestamp, locale: Locale) -> Html {
    let header = tag("header").with(name(person)).with(time("", at, locale)).end();
    all(vec![badge(person), header])
}

/// A name in its person's colour.
#[inline(never)]
pub fn name(person: &Person) -> Html {
    tag("b|dir=auto")
        .set("class", format!("hue-{}", hue(&person.id)))
        .say(person.name.as_str().to_owned())
        .end()
}

/// Hours and minutes.
#[inline(never)]
pub fn time(class: &'static str, at: Timestamp, locale: Locale) -> Html {
    tag("time").set("class", class).set("datetime", (locale.machine)(at)).say((locale.time)(at)).end()
}
