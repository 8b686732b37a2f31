//! A message in the conversation. An unchanged row costs one comparison.

use std::rc::Rc;

use holdline_shared::{Message, PersonId, RoomName};
use yew::prelude::*;

use super::{
    BylineOf, EditForm, Quote, ToolsOf, byline, delete_dialog, message_text, message_tools, name, quote_link,
    reactions, tab_index, time,
};
use crate::command::Command;
use crate::hooks::{use_commands, use_locale, use_namesakes, use_row_tools, use_shown};
use crate::state::{Line, Locale, Mark, Overlay, Panel, Powers, is_somebody};
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
    /// The text of the edit form, while the message is being edited.
    #[prop_or_default]
    pub edit: Option<AttrValue>,
    /// Whether the message's deletion awaits confirmation.
    #[prop_or_default]
    pub is_deleting: bool,
    /// Whether the composer is answering the message.
    #[prop_or_default]
    pub is_answered: bool,
    /// Whether the row is a Tab stop; the arrow keys lead on from there.
    #[prop_or_default]
    pub is_tab_stop: bool,
}

impl Props {
    fn is_own(&self) -> bool {
        self.me.as_ref() == Some(&self.line.message.author.id)
    }

    /// Whether the reader can do something with the message.
    fn is_usable(&self) -> bool {
        self.line.message.text.is_some() && self.me.is_some() && self.edit.is_none()
    }
}

/// The row.
#[component]
pub fn MessageRow(props: &Props) -> Html {
    let Props { room, line, is_first, quote, me, is_deleting, is_answered, is_tab_stop, .. } = props;
    let message = &line.message;
    let (run, locale) = (use_commands(), use_locale());
    let node = use_node_ref();
    let tools = use_row_tools(&node);
    let is_unfolded = use_state_eq(|| false);
    use_shown(&node, *is_unfolded);
    // Otherwise Tab would stop at every link and reaction on the way to the composer.
    let is_reached_by_tab = *is_tab_stop || tools.has_focus();
    let class = classes!(
        "message",
        is_first.then_some("first"),
        props.is_own().then_some("own"),
        is_answered.then_some("answered"),
    );
    let signed = use_namesakes().sign(&message.author.id);
    let label =
        words::message_by(message.author.name.as_str(), signed.as_deref(), &(locale.time)(message.at));
    html! {
        <article
            id={format!("m-{}", message.seq)}
            ref={&node}
            {class}
            aria-label={label.clone()}
            tabindex={tab_index(*is_tab_stop)}
            data-testid="message"
            data-state="sent"
            data-seq={message.seq.to_string()}
            onmouseenter={tools.onmouseenter()}
            onmouseleave={tools.onmouseleave()}
            onclick={tools.onclick()}
            onfocusin={tools.onfocusin()}
            onfocusout={tools.onfocusout()}
        >
            if *is_first {
                { byline(
                    BylineOf {
                        author: &message.author,
                        name: name_of_author(message, me.as_ref(), is_reached_by_tab, &run),
                        sign: signed.as_deref(),
                        mark: props.mark,
                        at: message.at,
                    },
                    locale,
                ) }
            } else {
                // Screen readers hear the time as a part of the row's label.
                <span class="aside" aria-hidden="true">{ time("", message.at, locale) }</span>
            }
            if let Some(quote) = quote {
                { quote_link(room, quote, is_reached_by_tab, &run) }
            }
            { content(props, &is_unfolded, is_reached_by_tab, locale, &run) }
            if props.is_usable() && tools.are_wanted() {
                { message_tools(&tools_of(props, label, node.clone(), tools.on_close()), &run) }
            }
            if *is_deleting && message.text.is_some() {
                { delete_dialog(room, line, props.is_own(), &run) }
            }
        </article>
    }
}

/// The edit form, the text with its reactions, or the note that the message was deleted.
fn content(
    props: &Props,
    is_unfolded: &UseStateHandle<bool>,
    is_reached_by_tab: bool,
    locale: Locale,
    run: &Callback<Command>,
) -> Html {
    let Props { room, line, me, edit, .. } = props;
    let message = &line.message;
    let edited = message.edited.map_or_else(Html::default, |at| {
        html! { <span class="edited" title={(locale.moment)(at)}>{ words::EDITED }</span> }
    });
    html! {
        if let Some(text) = edit {
            <EditForm room={room.clone()} {text} />
        } else if let Some(text) = &message.text {
            { message_text(text.as_str(), is_reached_by_tab, edited, Some(is_unfolded)) }
            { reactions(room, message, me.as_ref(), is_reached_by_tab, run) }
        } else {
            <div class="text deleted" data-testid="message-text">{ words::DELETED }</div>
        }
    }
}

/// Returns the message that the tools act on, with the reader's rights over it.
fn tools_of(props: &Props, title: String, row: NodeRef, on_close: Option<Callback<()>>) -> ToolsOf {
    let Props { room, line, powers, .. } = props;
    let (seq, is_own) = (line.message.seq, props.is_own());
    ToolsOf { room: room.clone(), seq, is_own, powers: *powers, title: title.into(), row, on_close }
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
