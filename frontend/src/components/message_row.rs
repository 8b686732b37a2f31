//! One message in the conversation.

use std::rc::Rc;

use holdline_shared::{Emoji, MessageText, PersonId, Seq};
use yew::prelude::*;

use super::{Badge, EditForm, MessageTextView, MessageTools, Quote, QuoteView, Reactions};
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

/// The row.
#[component]
pub fn MessageRow(props: &Props) -> Html {
    let is_hovered = use_state_eq(|| false);
    let has_focus = use_state_eq(|| false);
    let message = &props.line.message;
    let seq = message.seq;
    let is_own = props.me.as_ref() == Some(&message.author.id);
    let set = |state: &UseStateHandle<bool>, to: bool| {
        let state = state.setter();
        Callback::from(move |_: MouseEvent| state.set(to))
    };
    let onfocusin = {
        let has_focus = has_focus.setter();
        Callback::from(move |_: FocusEvent| has_focus.set(true))
    };
    let onfocusout = {
        let has_focus = has_focus.setter();
        Callback::from(move |event: FocusEvent| has_focus.set(dom::stays_in_message(&event)))
    };
    let time = (props.locale.time)(message.at);
    let class = classes!("message", props.is_first.then_some("first"), is_own.then_some("own"));
    html! {
        <article
            id={format!("m-{seq}")}
            {class}
            tabindex={if props.is_tab_stop { "0" } else { "-1" }}
            data-testid="message"
            data-seq={seq.to_string()}
            data-state="sent"
            onmouseenter={set(&is_hovered, true)}
            onmouseleave={set(&is_hovered, false)}
            {onfocusin}
            {onfocusout}
            onkeydown={Callback::from(|event: KeyboardEvent| dom::walk_messages(&event))}
        >
            if props.is_first {
                <Badge person={message.author.clone()} />
                <header>
                    <b class={format!("hue-{}", hue(&message.author.id))} dir="auto">{ message.author.name.as_str() }</b>
                    <time datetime={(props.locale.machine)(message.at)}>{ time }</time>
                </header>
            } else {
                <time class="aside" datetime={(props.locale.machine)(message.at)}>{ time }</time>
            }
            if let Some(quote) = &props.quote {
                <QuoteView quote={quote.clone()} on_show={props.on_intent.reform(Intent::Show)} />
            }
            { said(props) }
            if (*is_hovered || *has_focus) && message.text.is_some() && props.me.is_some() && !props.is_editing {
                { tools(props, is_own) }
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
            <MessageTextView text={text.as_str().to_owned()} />
            if let Some(edited) = message.edited {
                <span class="edited" title={props.locale.day_and_time(edited)}>{ "edited" }</span>
            }
            if !message.reactions.is_empty() {
                <Reactions reactions={message.reactions.clone()} me={props.me.clone()} {on_react} />
            }
        </>
    }
}

fn tools(props: &Props, is_own: bool) -> Html {
    let seq = props.line.message.seq;
    let on_react = {
        let (line, me) = (Rc::clone(&props.line), props.me.clone());
        props.on_intent.reform(move |emoji: Emoji| {
            let has = me.as_ref().is_some_and(|me| line.message.has_reaction(&emoji, me));
            Intent::React(seq, emoji, !has)
        })
    };
    html! {
        <MessageTools
            {is_own}
            {on_react}
            on_reply={props.on_intent.reform(move |()| Intent::Reply(seq))}
            on_edit={props.on_intent.reform(move |()| Intent::Edit(Some(seq)))}
            on_delete={props.on_intent.reform(move |()| Intent::Delete(seq))}
        />
    }
}
