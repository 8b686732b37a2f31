//! What can be done with a message: react, reply, and with one's own change and delete.

use holdline_shared::{RoomName, Seq};
use yew::prelude::*;

use super::{Shape, icon_button};
use crate::api::dom;
use crate::command::Command;
use crate::hooks::{use_commands, use_focus};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub room: RoomName,
    pub seq: Seq,
    /// Whether the message is the reader's own.
    pub is_own: bool,
    /// Whether deleting it waits for a yes.
    pub is_deleting: bool,
    /// The message's row, to which the focus goes back.
    pub row: NodeRef,
}

/// The tools; while deleting waits for a yes, only that question.
#[component]
pub fn MessageTools(props: &Props) -> Html {
    let Props { room, seq, is_own, is_deleting, row } = props;
    let run = use_commands();
    let confirm = use_node_ref();
    use_focus(&confirm, is_deleting.then_some(()));
    let act = |make: fn(RoomName, Seq) -> Command| {
        let (room, seq) = (room.clone(), *seq);
        run.reform(move |_: MouseEvent| make(room.clone(), seq))
    };
    if *is_deleting {
        // The button that had the focus goes; the row keeps it.
        let and_focus_row = |then: Callback<MouseEvent>| {
            let row = row.clone();
            Callback::from(move |event: MouseEvent| {
                dom::focus(&row);
                then.emit(event);
            })
        };
        let delete = and_focus_row(act(Command::Delete));
        let keep = and_focus_row(act(|room, _| Command::AskToDelete(room, None)));
        return html! {
            <div class="tools" role="group" aria-label={words::DELETE_QUESTION}>
                <span class="ask">{ words::DELETE_QUESTION }</span>
                <button
                    type="button"
                    class="plain danger"
                    ref={&confirm}
                    data-testid="confirm-delete"
                    onclick={delete}
                >
                    { words::DELETE }
                </button>
                <button type="button" class="plain" data-testid="keep" onclick={keep}>{ words::KEEP }</button>
            </div>
        };
    }
    let react = |emoji: &'static str| {
        let (room, seq) = (room.clone(), *seq);
        let emoji = holdline_shared::Emoji::received(emoji);
        run.reform(move |_: MouseEvent| Command::React(room.clone(), seq, emoji.clone()))
    };
    html! {
        <div class="tools" role="group" aria-label={words::TOOLS}>
            { for words::REACTIONS.into_iter().map(|(emoji, name)| html! {
                <button
                    type="button"
                    class="tool"
                    aria-label={words::react_with(name)}
                    title={words::react_with(name)}
                    onclick={react(emoji)}
                >
                    { emoji }
                </button>
            }) }
            { icon_button(Shape::Reply, words::REPLY, act(|room, seq| Command::Reply(room, Some(seq)))) }
            if *is_own {
                { icon_button(Shape::Edit, words::EDIT, act(Command::Edit)) }
                { icon_button(Shape::Delete, words::DELETE, act(|room, seq| Command::AskToDelete(room, Some(seq)))) }
            }
        </div>
    }
}
