//! The marks of a person: initials and name in their colour, the sign that tells namesakes apart, the word for a guest
//! or a bot. Also the time of a message, and the byline of a group of messages.

use holdline_shared::{Person, Timestamp};
use yew::prelude::*;

use crate::state::{Locale, Mark, hue, initials};
use crate::words;

/// The badge; decorative, because the name is always next to it.
pub fn badge(person: &Person) -> Html {
    let hue = format!("hue-{}", hue(&person.id));
    let class = classes!("badge", hue);
    html! { <span {class} aria-hidden="true" translate="no">{ initials(person.name.as_str()) }</span> }
}

/// A name in its person's colour. The id distinguishes people with the same name.
pub fn name(person: &Person) -> Html {
    let Person { id, name } = person;
    let (class, title) = (format!("hue-{}", hue(id)), format!("{name} · {id}"));
    html! { <b {class} dir="auto" translate="no" {title}>{ name.as_str().to_owned() }</b> }
}

/// The sign that tells a person from others whose names look the same.
pub fn sign(signed: Option<&str>) -> Html {
    signed.map_or_else(Html::default, |sign| {
        html! { <span class="person-mark" key="sign" translate="no" data-testid="sign">{ sign.to_owned() }</span> }
    })
}

/// The word next to a name that marks a guest or a bot.
pub fn mark(mark: Option<Mark>) -> Html {
    match mark {
        None => Html::default(),
        Some(Mark::Guest) => html! { <span class="person-mark" key="guest">{ words::GUEST }</span> },
        Some(Mark::Bot) => html! { <span class="person-mark bot" key="bot">{ words::BOT }</span> },
    }
}

/// Hours and minutes; date and seconds on hover.
pub fn time(class: &'static str, at: Timestamp, locale: Locale) -> Html {
    html! {
        <time {class} datetime={(locale.machine)(at)} title={(locale.moment)(at)} translate="no">
            { (locale.time)(at) }
        </time>
    }
}

/// The parts of a byline.
pub struct BylineOf<'a> {
    /// The author of the messages.
    pub author: &'a Person,
    /// The author's name, as a button or as text.
    pub name: Html,
    /// The sign that tells the author from namesakes.
    pub sign: Option<&'a str>,
    /// The word beside the name.
    pub mark: Option<Mark>,
    /// The time of the first message.
    pub at: Timestamp,
}

/// The byline of a group of messages: their author, and the time of the first one.
pub fn byline(of: BylineOf<'_>, locale: Locale) -> Html {
    html! {
        <>
            { badge(of.author) }
            <header>{ of.name }{ sign(of.sign) }{ mark(of.mark) }{ time("", of.at, locale) }</header>
        </>
    }
}
