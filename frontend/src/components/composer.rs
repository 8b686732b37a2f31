//! Where messages are typed, and above it the one that is answered.

use std::rc::Rc;

use holdline_shared::{PublishKey, RoomName};
use yew::prelude::*;

use super::{Field, FieldKind, OnField, Shape, button, icon, name, tag};
use crate::state::{Line, Locale};

static COMPOSER: FieldKind =
    FieldKind { class: "compose", name: "composer", is_message: true, saves_on_blur: false };

static EDIT: FieldKind =
    FieldKind { class: "edit-form", name: "edit", is_message: true, saves_on_blur: false };

/// What it needs.
pub struct Composer<'a> {
    /// Where to.
    pub room: &'a RoomName,
    /// What it says at first.
    pub draft: String,
    /// The refused message that is in it to be written anew: another one is another beginning.
    pub rewriting: Option<PublishKey>,
    /// The message that is answered.
    pub reply_to: Option<&'a Rc<Line>>,
    /// Whether the field takes the focus when it appears.
    pub takes_focus: bool,
    /// The reader's way of counting.
    pub locale: Locale,
    /// Hears what happens in it.
    pub on: OnField,
}

/// The composer.
pub fn composer(composer: Composer<'_>) -> Html {
    let Composer { room, draft, rewriting, reply_to, takes_focus, locale, on } = composer;
    let reply = reply_to.map(|line| line.message.seq.0);
    let replying = reply_to.map(|line| {
        let close = button("tool", "unreply".to_owned(), Some("Do not reply"), icon(Shape::Close));
        let who = tag("span").say("Replying to ").with(name(&line.message.author)).end();
        tag("p|class=replying").with(who).with(close).end()
    });
    let field = html! {
        <Field
            key={rewriting.map_or_else(String::new, |key| key.to_string())}
            kind={&COMPOSER}
            label={format!("Message to {room}")}
            text={draft}
            focus={if takes_focus { reply.or(Some(0)) } else { reply }}
            {locale}
            {on}
        />
    };
    tag("div|class=composer").with(replying.unwrap_or_default()).with(field).end()
}

/// A message being changed in its place.
pub fn edit_form(text: &str, locale: Locale, on: OnField) -> Html {
    html! { <Field kind={&EDIT} label="Change the message" text={text.to_owned()} focus={0} {locale} {on} /> }
}
