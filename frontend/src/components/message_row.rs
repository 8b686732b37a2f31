//! One message in the conversation.

use std::rc::Rc;

use holdline_shared::{Emoji, MessageText, PersonId, Seq};
use yew::prelude::*;

use super::{EditForm, Quote, Tools, badge, message_text, message_tools, quote_view, reactions};
use crate::api::dom;
use crate::state::{Line, Locale, hue};

/// What the reader wants with a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Put a reaction (`true`) or take it back.
    React(Seq, Emoji, bool),
    /// Answer it.
    Reply(Seq),
    /// Begin to change it, or stop.
    Edit(Option<Seq>),
    /// Change it.
    Save(Seq, MessageText),
    /// Delete it.
    Delete(Seq),
    /// See it.
    Show(Seq),
}

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
    /// Whether it is being changed.
    #[prop_or_default]
    pub is_editing: bool,
    /// Whether Tab stops at it; from there, the arrow keys go on.
    #[prop_or_default]
    pub is_tab_stop: bool,
    /// The reader's clock.
    pub locale: Locale,
    /// What the reader wants.
    pub on_intent: Callback<Intent>,
}

/// Whether the reader is busy with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Attention {
    is_hovered: bool,
    has_focus: bool,
    /// Deleting has been asked for and waits for a yes.
    is_asking: bool,
}

/// The row.
#[component]
pub fn MessageRow(props: &Props) -> Html {
    let attention = use_state_eq(Attention::default);
    let message = &props.line.message;
    let seq = message.seq;
    let is_own = props.me.as_ref() == Some(&message.author.id);
    let hover = |is_hovered: bool| {
        let attention = attention.clone();
        Callback::from(move |_: MouseEvent| attention.set(Attention { is_hovered, ..*attention }))
    };
    let on_focus = |is_in: bool| {
        let attention = attention.clone();
        Callback::from(move |event: FocusEvent| {
            let has_focus = is_in || dom::stays_in_message(&event);
            attention.set(Attention { has_focus, is_asking: has_focus && attention.is_asking, ..*attention });
        })
    };
    let time = (props.locale.time)(message.at);
    let class = match (props.is_first, is_own) {
        (true, true) => "message first own",
        (true, false) => "message first",
        (false, true) => "message own",
        (false, false) => "message",
    };
    html! {
        <article
            id={format!("m-{seq}")}
            {class}
            tabindex={if props.is_tab_stop { "0" } else { "-1" }}
            data-testid="message"
            data-seq={seq.to_string()}
            data-state="sent"
            onmouseenter={hover(true)}
            onmouseleave={hover(false)}
            onfocusin={on_focus(true)}
            onfocusout={on_focus(false)}
            onkeydown={Callback::from(|event: KeyboardEvent| dom::walk_messages(&event))}
        >
            if props.is_first {
                { badge(&message.author) }
                <header>
                    <b class={format!("hue-{}", hue(&message.author.id))} dir="auto">{ message.author.name.as_str() }</b>
                    <time datetime={(props.locale.machine)(message.at)}>{ time }</time>
                </header>
            } else {
                <time class="aside" datetime={(props.locale.machine)(message.at)}>{ time }</time>
            }
            if let Some(quote) = &props.quote {
                { quote_view(quote, &props.on_intent.reform(Intent::Show)) }
            }
            { said(props) }
            if (attention.is_hovered || attention.has_focus) && message.text.is_some() && props.me.is_some() && !props.is_editing {
                { tools(props, is_own, &attention) }
            }
        </article>
    }
}

/// The text with what belongs to it, or what stands in its place.
fn said(props: &Props) -> Html {
    let message = &props.line.message;
    let seq = message.seq;
    let Some(text) = &message.text else {
        return html! { <div class="text deleted" data-testid="message-text">{ "This message was deleted." }</div> };
    };
    if props.is_editing {
        let on_save = props.on_intent.reform(move |text| Intent::Save(seq, text));
        let on_cancel = props.on_intent.reform(|()| Intent::Edit(None));
        return html! { <EditForm text={text.as_str().to_owned()} {on_save} {on_cancel} /> };
    }
    let on_react = props.on_intent.reform(move |(emoji, on)| Intent::React(seq, emoji, on));
    html! {
        <>
            { message_text(text.as_str()) }
            if let Some(edited) = message.edited {
                <span class="edited" title={props.locale.day_and_time(edited)}>{ "edited" }</span>
            }
            if !message.reactions.is_empty() {
                { reactions(&message.reactions, props.me.as_ref(), &on_react) }
            }
        </>
    }
}

fn tools(props: &Props, is_own: bool, attention: &UseStateHandle<Attention>) -> Html {
    let seq = props.line.message.seq;
    let on_react = {
        let (line, me) = (Rc::clone(&props.line), props.me.clone());
        props.on_intent.reform(move |emoji: Emoji| {
            let has = me.as_ref().is_some_and(|me| line.message.has_reaction(&emoji, me));
            Intent::React(seq, emoji, !has)
        })
    };
    let on_own = is_own.then(|| {
        let edit = props.on_intent.reform(move |()| Intent::Edit(Some(seq)));
        (edit, props.on_intent.reform(move |()| Intent::Delete(seq)))
    });
    let on_reply = props.on_intent.reform(move |()| Intent::Reply(seq));
    let on_ask = {
        let attention = attention.clone();
        Callback::from(move |is_asking| attention.set(Attention { is_asking, ..*attention }))
    };
    message_tools(&Tools { on_react, on_reply, on_own, is_asking: attention.is_asking, on_ask })
}
