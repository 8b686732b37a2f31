//! A message on its way, or one that the server would not take.

use holdline_shared::{Person, PublishKey};
use yew::prelude::*;

use super::{Quote, Shape, badge, icon, message_text, quote_view};
use crate::state::{Locale, Progress, Sending, hue};

/// Which, and where it stands.
pub struct SendingRow<'a> {
    /// The message.
    pub sending: &'a Sending,
    /// Whether it stands under a name of its own.
    pub is_first: bool,
    /// The message that it answers.
    pub quote: Option<Quote>,
    /// Who I am.
    pub me: &'a Person,
    /// The reader's clock.
    pub locale: Locale,
    /// Try again.
    pub on_retry: &'a Callback<PublishKey>,
    /// Throw it away.
    pub on_discard: &'a Callback<PublishKey>,
}

/// The row.
pub fn sending_row(props: &SendingRow<'_>) -> Html {
    let sending = props.sending;
    let key = sending.request.key;
    let (word, why) = match &sending.progress {
        Progress::Pending => ("pending", None),
        Progress::Sent(_) => ("sent", None),
        Progress::Failed(why) => ("failed", Some(why.clone())),
    };
    let time = (props.locale.time)(sending.at);
    html! {
        <article
            key={key.to_string()}
            class={format!("message own {word}{}", if props.is_first { " first" } else { "" })}
            data-testid="message"
            data-state={word}
        >
            if props.is_first {
                { badge(props.me) }
                <header>
                    <b class={format!("hue-{}", hue(&props.me.id))} dir="auto">{ props.me.name.as_str() }</b>
                    <time datetime={(props.locale.machine)(sending.at)}>{ time }</time>
                </header>
            }
            if let Some(quote) = &props.quote {
                { quote_view(quote, &Callback::noop()) }
            }
            { message_text(sending.request.text.as_str()) }
            if word == "pending" {
                <span class="waiting" title="On its way">{ icon(Shape::Clock) }<span class="unseen">{ "on its way" }</span></span>
            }
            if let Some(why) = why {
                <p class="failure" role="alert">
                    <span>{ "Not sent: " }{ why }</span>
                    <button type="button" class="plain" onclick={props.on_retry.reform(move |_| key)}>{ "Try again" }</button>
                    <button type="button" class="plain" onclick={props.on_discard.reform(move |_| key)}>{ "Discard" }</button>
                </p>
            }
        </article>
    }
}
