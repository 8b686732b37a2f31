//! A message in the conversation. An unchanged row costs one comparison.

use std::rc::Rc;

use holdline_shared::{Message, PersonId, RoomName};
use yew::prelude::*;

use super::{
    EditForm, Quote, ToolsOf, author, delete_dialog, message_text, message_tools, name, quote_link,
    reactions, tab_index, time,
};
use crate::api::{dom, focus};
use crate::command::Command;
use crate::hooks::{use_commands, use_locale, use_namesakes, use_shown};
use crate::state::{Line, Mark, Overlay, Panel, Powers, is_somebody};
use crate::words;

#[expect(clippy::struct_excessive_bools, reason = "a row is what its marks say, each by itself")]
#[derive(Properties, PartialEq)]
pub struct Props {
    pub room: RoomName,
    pub line: Rc<Line>,
    /// Whether the message has the author's name above it.
    pub is_first: bool,
    /// The message being answered.
    #[prop_or_default]
    pub quote: Option<Quote>,
    /// The word beside the author's name.
    #[prop_or_default]
    pub mark: Option<Mark>,
    /// The rights of the reader over the messages of others.
    #[prop_or_default]
    pub powers: Powers,
    /// The reader.
    pub me: Option<PersonId>,
    /// The text of the edit form in its place, while it is being edited.
    #[prop_or_default]
    pub edit: Option<AttrValue>,
    /// Whether its deletion awaits confirmation.
    #[prop_or_default]
    pub is_deleting: bool,
    /// Whether the composer is answering it.
    #[prop_or_default]
    pub is_answered: bool,
    /// Whether it is a Tab stop; the arrow keys lead on from there.
    #[prop_or_default]
    pub is_tab_stop: bool,
}

/// The row.
#[component]
pub fn MessageRow(props: &Props) -> Html {
    let Props { room, line, is_first, quote, mark, powers, me, edit, is_deleting, is_answered, is_tab_stop } =
        props;
    let message = &line.message;
    let (run, locale) = (use_commands(), use_locale());
    let node = use_node_ref();
    let (is_pointed_at, has_focus, has_sheet) =
        (use_state_eq(|| false), use_state_eq(|| false), use_state_eq(|| false));
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
            if focus::focus_leaves(&event, &node) {
                setter.set(false);
            }
        })
    };
    let onclick = {
        let setter = has_sheet.setter();
        Callback::from(move |event: MouseEvent| {
            if dom::is_touched() && dom::is_on_row(&event) {
                setter.set(true);
            }
        })
    };
    let on_close = {
        let setter = has_sheet.setter();
        Callback::from(move |()| setter.set(false))
    };
    let is_unfolded = use_state_eq(|| false);
    use_shown(&node, *is_unfolded);
    let is_own = me.as_ref() == Some(&message.author.id);
    let can_act = message.text.is_some() && me.is_some() && edit.is_none();
    let is_active = *is_pointed_at || *has_focus;
    let has_tools = can_act && (*has_sheet || (is_active && !dom::is_touched()));
    // Otherwise Tab would stop at every link and reaction on the way to the composer.
    let is_reached_by_tab = *is_tab_stop || *has_focus;
    let class = classes!(
        "message",
        is_first.then_some("first"),
        is_own.then_some("own"),
        is_answered.then_some("answered"),
    );
    let signed = use_namesakes().sign(&message.author.id);
    let label =
        words::message_by(message.author.name.as_str(), signed.as_deref(), &(locale.time)(message.at));
    let edited = message.edited.map_or_else(Html::default, |at| {
        html! { <span class="edited" title={(locale.moment)(at)}>{ words::EDITED }</span> }
    });
    let tools_of = ToolsOf {
        room: room.clone(),
        seq: message.seq,
        is_own,
        powers: *powers,
        title: label.clone().into(),
        row: node.clone(),
        on_close: has_sheet.then_some(on_close),
    };
    html! {
        <article
            id={format!("m-{}", message.seq)}
            ref={&node}
            {class}
            aria-label={label}
            tabindex={tab_index(*is_tab_stop)}
            data-testid="message"
            data-state="sent"
            data-seq={message.seq.to_string()}
            onmouseenter={set(&is_pointed_at, true)}
            onmouseleave={set(&is_pointed_at, false)}
            {onclick}
            {onfocusin}
            {onfocusout}
        >
            if *is_first {
                { author(
                    &message.author,
                    name_of_author(message, me.as_ref(), is_reached_by_tab, &run),
                    signed.as_deref(),
                    *mark,
                    message.at,
                    locale,
                ) }
            } else {
                // Screen readers hear the time as a part of the row's label.
                <span class="aside" aria-hidden="true">{ time("", message.at, locale) }</span>
            }
            if let Some(quote) = quote {
                { quote_link(room, quote, is_reached_by_tab, &run) }
            }
            if let Some(text) = edit {
                <EditForm room={room.clone()} {text} />
            } else if let Some(text) = &message.text {
                { message_text(text.as_str(), is_reached_by_tab, edited, Some(&is_unfolded)) }
                { reactions(room, message, me.as_ref(), is_reached_by_tab, &run) }
            } else {
                <div class="text deleted" data-testid="message-text">{ words::DELETED }</div>
            }
            if has_tools {
                { message_tools(&tools_of, &run) }
            }
            if *is_deleting && message.text.is_some() {
                { delete_dialog(room, line, is_own, &run) }
            }
        </article>
    }
}

/// The author's name. A click opens the reader's actions on that person, even if they are gone.
fn name_of_author(
    message: &Message,
    me: Option<&PersonId>,
    is_reached_by_tab: bool,
    run: &Callback<Command>,
) -> Html {
    let author = &message.author;
    if !is_somebody(author) {
        return name(author);
    }
    let panel = Panel::about(author, me);
    let onclick = run.reform(move |_: MouseEvent| Command::Open(Overlay::Panel(panel.clone())));
    html! {
        <button type="button" class="author" data-testid="author" tabindex={tab_index(is_reached_by_tab)} {onclick}>
            { name(author) }
        </button>
    }
}
