//! A message on its way, or one that the server would not take.

use holdline_shared::Person;
use yew::prelude::*;

use super::{Quote, Shape, author, element, icon, message_text, plain, quote_view, unseen, words};
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
            let waiting = html! { <>{ icon(Shape::Clock) }{ unseen("on its way") }</> };
            ("pending", element("span", "waiting", waiting))
        }
        Progress::Failed(why) => {
            let why = words("span", "", &format!("Not sent: {why}"));
            let retry = plain("Try again", format!("retry {key}"));
            let rewrite = plain("Edit", format!("rewrite {key}"));
            let discard = plain("Discard", format!("discard {key}"));
            let line = element("p", "failure", html! { <>{ why }{ retry }{ rewrite }{ discard }</> });
            ("failed", html! { <div role="alert">{ line }</div> })
        }
    };
    let first = if is_first { " first" } else { "" };
    html! {
        <article key={key.to_string()} class={format!("message own {word}{first}")} data-testid="message" data-state={word}>
            if is_first {
                { author(me, sending.at, locale) }
            }
            { quote.map(quote_view).unwrap_or_default() }
            { message_text(sending.request.text.as_str()) }
            { after }
        </article>
    }
}
