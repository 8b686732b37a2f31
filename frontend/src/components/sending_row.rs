//! A message on its way, or one that the server would not take.

use holdline_shared::Person;
use yew::prelude::*;

use super::{Quote, Shape, badge, icon, message_text, plain, quote_view};
use crate::state::{Locale, Progress, Sending, hue};

/// The row; `is_first` says whether it stands under a name of its own.
pub fn sending_row(
    sending: &Sending,
    is_first: bool,
    quote: Option<&Quote>,
    me: &Person,
    locale: Locale,
) -> Html {
    let key = sending.request.key;
    let (word, why) = match &sending.progress {
        Progress::Pending => ("pending", None),
        Progress::Sent(_) => ("sent", None),
        Progress::Failed(why) => ("failed", Some(format!("Not sent: {why}"))),
    };
    let first = if is_first { " first" } else { "" };
    html! {
        <article key={key.to_string()} class={format!("message own {word}{first}")} data-testid="message" data-state={word}>
            if is_first {
                { badge(me) }
                <header>
                    <b class={format!("hue-{}", hue(&me.id))} dir="auto">{ me.name.as_str() }</b>
                    <time datetime={(locale.machine)(sending.at)}>{ (locale.time)(sending.at) }</time>
                </header>
            }
            if let Some(quote) = quote {
                { quote_view(quote) }
            }
            { message_text(sending.request.text.as_str()) }
            if word == "pending" {
                <span class="waiting" title="On its way">
                    { icon(Shape::Clock) }<span class="unseen">{ "on its way" }</span>
                </span>
            }
            if let Some(why) = why {
                <p class="failure" role="alert">
                    <span>{ why }</span>
                    { plain("Try again", format!("retry {key}")) }
                    { plain("Discard", format!("discard {key}")) }
                </p>
            }
        </article>
    }
}
