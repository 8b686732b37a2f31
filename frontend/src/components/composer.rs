//! Where messages are typed, and above it the one that is answered.

use std::rc::Rc;

use holdline_shared::RoomName;
use yew::prelude::*;

use super::{Field, FieldKind, OnField, Shape, icon};
use crate::state::{Line, Locale};

static COMPOSER: FieldKind =
    FieldKind { class: "compose", name: "composer", is_message: true, saves_on_blur: false };

static EDIT: FieldKind =
    FieldKind { class: "edit-form", name: "edit", is_message: true, saves_on_blur: false };

/// What it needs.
pub struct Composer<'a> {
    /// Where to.
    pub room: &'a RoomName,
    /// What was typed at an earlier visit.
    pub draft: String,
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
    let Composer { room, draft, reply_to, takes_focus, locale, on } = composer;
    let reply = reply_to.map(|line| line.message.seq.0);
    html! {
        <div class="composer">
            if let Some(line) = reply_to {
                <p class="replying">
                    <span>{ "Replying to " }<b dir="auto">{ line.message.author.name.as_str() }</b></span>
                    <button type="button" class="tool" aria-label="Do not reply" data-act="unreply">
                        { icon(Shape::Close) }
                    </button>
                </p>
            }
            <Field
                kind={&COMPOSER}
                label={format!("Message to {room}")}
                text={draft}
                focus={if takes_focus { reply.or(Some(0)) } else { reply }}
                {locale}
                {on}
            />
        </div>
    }
}

/// A message being changed in its place.
pub fn edit_form(text: &str, locale: Locale, on: OnField) -> Html {
    html! { <Field kind={&EDIT} label="Change the message" text={text.to_owned()} focus={0} {locale} {on} /> }
}
