//! One message in the conversation. A row in which nothing changed costs one comparison.

use std::rc::Rc;

use holdline_shared::{PersonId, RoomName};
use yew::prelude::*;

use super::{EditForm, MessageTools, Quote, QuoteLink, Reactions, author, message_text, time};
use crate::api::dom;
use crate::hooks::use_locale;
use crate::state::Line;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub room: RoomName,
    pub line: Rc<Line>,
    /// Whether the message stands under a name of its own.
    pub is_first: bool,
    /// The message that it answers.
    #[prop_or_default]
    pub quote: Option<Quote>,
    /// The reader.
    pub me: Option<PersonId>,
    /// The text of the form in its place, while it is being changed.
    #[prop_or_default]
    pub edit: Option<AttrValue>,
    /// Whether deleting it waits for a yes.
    #[prop_or_default]
    pub is_deleting: bool,
    /// Whether Tab stops at it; from there, the arrow keys go on.
    #[prop_or_default]
    pub is_tab_stop: bool,
}

/// The row.
#[component]
pub fn MessageRow(props: &Props) -> Html {
    let Props { room, line, is_first, quote, me, edit, is_deleting, is_tab_stop } = props;
    let message = &line.message;
    let locale = use_locale();
    let node = use_node_ref();
    let (is_pointed_at, has_focus) = (use_state_eq(|| false), use_state_eq(|| false));
    let set = |state: &UseStateHandle<bool>, value: bool| {
        let setter = state.setter();
        Callback::from(move |_: MouseEvent| setter.set(value))
    };
    let onfocusin = {
        let setter = has_focus.setter();
        Callback::from(move |_: FocusEvent| setter.set(true))
    };
    let onfocusout = {
        let (setter, node) = (has_focus.setter(), node.clone());
        Callback::from(move |event: FocusEvent| {
            if dom::focus_leaves(&event, &node) {
                setter.set(false);
            }
        })
    };
    let is_own = me.as_ref() == Some(&message.author.id);
    let is_active = *is_pointed_at || *has_focus || *is_deleting;
    let has_tools = is_active && message.text.is_some() && me.is_some() && edit.is_none();
    let class = classes!("message", is_first.then_some("first"), is_own.then_some("own"));
    let name = words::message_by(message.author.name.as_str(), &(locale.time)(message.at));
    let edited = message.edited.map_or_else(Html::default, |at| {
        html! { <span class="edited" title={(locale.moment)(at)}>{ words::EDITED }</span> }
    });
    html! {
        <article
            id={format!("m-{}", message.seq)}
            ref={&node}
            {class}
            aria-label={name}
            tabindex={if *is_tab_stop { "0" } else { "-1" }}
            data-testid="message"
            data-state="sent"
            data-seq={message.seq.to_string()}
            onmouseenter={set(&is_pointed_at, true)}
            onmouseleave={set(&is_pointed_at, false)}
            {onfocusin}
            {onfocusout}
        >
            if *is_first {
                { author(&message.author, message.at, locale) }
            } else {
                { time("aside", message.at, locale) }
            }
            if let Some(quote) = quote {
                <QuoteLink room={room.clone()} quote={quote.clone()} />
            }
            if let Some(text) = edit {
                <EditForm room={room.clone()} {text} />
            } else if let Some(text) = &message.text {
                { message_text(text.as_str(), edited) }
                <Reactions
                    room={room.clone()}
                    seq={message.seq}
                    reactions={message.reactions.clone()}
                    me={me.clone()}
                />
            } else {
                <div class="text deleted" data-testid="message-text">{ words::DELETED }</div>
            }
            if has_tools {
                <MessageTools
                    room={room.clone()}
                    seq={message.seq}
                    {is_own}
                    is_deleting={*is_deleting}
                    row={node.clone()}
                />
            }
        </article>
    }
}
