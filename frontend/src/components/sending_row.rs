//! A message on its way, or one that the server refused.

use std::rc::Rc;

use holdline_shared::Person;
use yew::prelude::*;

use super::{BylineOf, Quote, Shape, byline, changing, hidden, icon, message_text, name, quote_link};
use crate::command::Command;
use crate::hooks::{use_commands, use_locale, use_namesakes};
use crate::state::{Mark, Progress, Sending};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub sending: Rc<Sending>,
    /// The reader.
    pub me: Person,
    /// The word beside the reader's name.
    #[prop_or_default]
    pub mark: Option<Mark>,
    /// Whether the message has the author's name above it.
    pub is_first: bool,
    /// The message being answered.
    #[prop_or_default]
    pub quote: Option<Quote>,
    /// The reason why no message can be sent at this moment.
    #[prop_or_default]
    pub delay: Option<AttrValue>,
    /// Whether the message is the next to be sent: its row says the reason.
    #[prop_or_default]
    pub is_next: bool,
}

/// The row.
#[component]
pub fn SendingRow(props: &Props) -> Html {
    let Props { sending, me, mark, is_first, quote, delay, is_next } = props;
    let (run, locale) = (use_commands(), use_locale());
    let signed = use_namesakes().sign(&me.id);
    let key = sending.request.key;
    let state = match sending.progress {
        Progress::Sent(_) => "sent",
        Progress::Pending => "pending",
        Progress::Failed(_) => "failed",
    };
    let act = |command: Command| run.reform(move |_: MouseEvent| command.clone());
    let ways_out = html! {
        <>
            <button type="button" class="plain" data-testid="rewrite" onclick={act(Command::Rewrite(key))}>
                { words::EDIT }
            </button>
            <button type="button" class="plain" data-testid="discard" onclick={act(Command::Discard(key))}>
                { words::DISCARD }
            </button>
        </>
    };
    let waiting = (sending.progress == Progress::Pending).then(|| {
        html! { <span class="waiting">{ icon(Shape::Clock) }{ hidden(words::ON_ITS_WAY) }</span> }
    });
    let waiting = waiting.unwrap_or_default();
    html! {
        <article
            class={classes!("message", "own", state, is_first.then_some("first"))}
            aria-label={words::message_by(me.name.as_str(), signed.as_deref(), &(locale.time)(sending.at))}
            data-testid="message"
            data-state={state}
        >
            if *is_first {
                { byline(
                    BylineOf { author: me, name: name(me), sign: signed.as_deref(), mark: *mark, at: sending.at },
                    locale,
                ) }
            }
            if let Some(quote) = quote {
                { quote_link(&sending.room, quote, true, &run) }
            }
            { message_text(sending.request.text.as_str(), true, waiting, None) }
            if let Progress::Failed(why) = &sending.progress {
                <p class="failure" key="failure">
                    { changing(words::not_sent(why)) }
                    <button type="button" class="plain" data-testid="retry" onclick={act(Command::Retry(key))}>
                        { words::TRY_AGAIN }
                    </button>
                    { ways_out }
                </p>
            } else if let Some(why) = delay.as_ref().filter(|_| sending.progress == Progress::Pending) {
                <p class={classes!("delay", (!is_next).then_some("behind"))} key="delay">
                    if *is_next {
                        { changing(words::waits_to_be_sent(why)) }
                        <button type="button" class="plain" onclick={act(Command::TryNow)}>{ words::TRY_NOW }</button>
                    }
                    { ways_out }
                </p>
            }
        </article>
    }
}
