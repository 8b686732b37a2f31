//! One message in the conversation. A component without callbacks, so that a row in which nothing changed costs one
//! comparison.

#![expect(clippy::struct_excessive_bools, reason = "a row is what its properties say, each by itself")]

use std::rc::Rc;

use holdline_shared::PersonId;
use yew::prelude::*;

use super::{Quote, all, author, message_text, message_tools, quote_view, reactions, tag, time};
use crate::state::{Line, Locale};

/// Which message, and where it stands.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The message.
    pub line: Rc<Line>,
    /// Whether it stands under a name of its own.
    pub is_first: bool,
    /// The message that it answers.
    #[prop_or_default]
    pub quote: Option<Quote>,
    /// Who I am.
    pub me: Option<PersonId>,
    /// Whether the reader is at it, so that its tools are shown.
    #[prop_or_default]
    pub is_active: bool,
    /// Whether deleting it waits for a yes.
    #[prop_or_default]
    pub is_asking: bool,
    /// The form in its place, while it is being changed.
    #[prop_or_default]
    pub form: Option<Html>,
    /// Whether Tab stops at it; from there, the arrow keys go on.
    #[prop_or_default]
    pub is_tab_stop: bool,
    /// The reader's clock.
    pub locale: Locale,
}

/// The row.
#[component]
pub fn MessageRow(props: &Props) -> Html {
    let message = &props.line.message;
    let is_own = props.me.as_ref() == Some(&message.author.id);
    let above = if props.is_first {
        author(&message.author, message.at, props.locale)
    } else {
        time("aside", message.at, props.locale)
    };
    let mut class = "message".to_owned();
    if props.is_first {
        class.push_str(" first");
    }
    if is_own {
        class.push_str(" own");
    }
    let has_tools = props.is_active && message.text.is_some() && props.me.is_some() && props.form.is_none();
    tag("article|data-testid=message|data-state=sent")
        .set("id", format!("m-{}", message.seq))
        .set("class", class)
        .set("tabindex", if props.is_tab_stop { "0" } else { "-1" })
        .set("data-seq", message.seq.to_string())
        .with(above)
        .with(props.quote.as_ref().map(quote_view).unwrap_or_default())
        .with(said(props))
        .with(if has_tools { message_tools(is_own, props.is_asking) } else { Html::default() })
        .end()
}

/// The text with what belongs to it, or what stands in its place.
fn said(props: &Props) -> Html {
    let message = &props.line.message;
    if let Some(form) = &props.form {
        return form.clone();
    }
    let Some(text) = &message.text else {
        let gone = tag("div|class=text deleted|data-testid=message-text");
        return gone.say("This message was deleted.").end();
    };
    let edited = message
        .edited
        .map(|at| tag("span|class=edited").set("title", props.locale.day_and_time(at)).say("edited").end());
    all(vec![
        message_text(text.as_str()),
        edited.unwrap_or_default(),
        reactions(&message.reactions, props.me.as_ref()),
    ])
}
