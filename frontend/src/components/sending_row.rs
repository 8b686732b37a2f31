//! A message on its way, or one that the server would not take.

use holdline_shared::Person;
use yew::prelude::*;

use super::{Quote, Shape, author, icon, message_text, plain, quote_view, tag, unseen, words};
use crate::state::{Locale, Progress, Sending};

/// The row; `is_first` says whether it stands under a name of its own.
pub fn sending_row(
    sending: &Sending,
    is_first: bool,
    quote: Option<&Quote>,
    me: &Person,
    locale: Locale,
) -> Html {
    let key = sending.request.key;
    let (word, after) = match &sending.progress {
        Progress::Sent(_) => ("sent", Html::default()),
        Progress::Pending => {
            let clock = tag("span|class=waiting").with(icon(Shape::Clock));
            ("pending", clock.with(unseen("on its way")).end())
        }
        Progress::Failed(why) => {
            let why = words("span", "", &format!("Not sent: {why}"));
            let retry = plain("Try again", format!("retry {key}"));
            let rewrite = plain("Edit", format!("rewrite {key}"));
            let discard = plain("Discard", format!("discard {key}"));
            let line = tag("p|class=failure").all([why, retry, rewrite, discard]).end();
            ("failed", tag("div|role=alert").with(line).end())
        }
    };
    let above = if is_first { author(me, sending.at, locale) } else { Html::default() };
    tag("article|data-testid=message")
        .key(&key.to_string())
        .set("class", format!("message own {word}{}", if is_first { " first" } else { "" }))
        .set("data-state", word)
        .with(above)
        .with(quote.map(quote_view).unwrap_or_default())
        .with(message_text(sending.request.text.as_str()))
        .with(after)
        .end()
}
