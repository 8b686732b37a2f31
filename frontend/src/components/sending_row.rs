//! A message on its way, or one that the server would not take.

use std::rc::Rc;

use holdline_shared::{Person, PublishKey};
use yew::prelude::*;

use super::{Badge, Icon, MessageTextView, Quote, QuoteView, Shape};
use crate::state::{Locale, Progress, Sending, hue};

/// Which.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The message.
    pub sending: Rc<Sending>,
    /// Whether it stands under a name of its own.
    pub is_first: bool,
    /// The message that it answers.
    #[prop_or_default]
    pub quote: Option<Quote>,
    /// Who I am.
    pub me: Person,
    /// The reader's clock.
    pub locale: Locale,
    /// Try again.
    pub on_retry: Callback<PublishKey>,
    /// Throw it away.
    pub on_discard: Callback<PublishKey>,
}

/// The row.
#[component]
pub fn SendingRow(props: &Props) -> Html {
    let sending = &props.sending;
    let key = sending.request.key;
    let (word, why) = match &sending.progress {
        Progress::Pending => ("pending", None),
        Progress::Sent(_) => ("sent", None),
        Progress::Failed(why) => ("failed", Some(why.clone())),
    };
    let time = (props.locale.time)(sending.at);
    html! {
        <article
            class={classes!("message", "own", word, props.is_first.then_some("first"))}
            data-testid="message"
            data-state={word}
        >
            if props.is_first {
                <Badge person={props.me.clone()} />
                <header>
                    <b class={format!("hue-{}", hue(&props.me.id))} dir="auto">{ props.me.name.as_str() }</b>
                    <time datetime={(props.locale.machine)(sending.at)}>{ time }</time>
                </header>
            }
            if let Some(quote) = &props.quote {
                <QuoteView quote={quote.clone()} on_show={Callback::noop()} />
            }
            <MessageTextView text={sending.request.text.as_str().to_owned()} />
            if word == "pending" {
                <span class="waiting" title="On its way"><Icon shape={Shape::Clock} /><span class="unseen">{ "on its way" }</span></span>
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
