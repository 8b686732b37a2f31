//! What can be done with a message: react, reply, and with one's own change and delete. Beside the message where there
//! is a mouse, and a sheet at the lower edge for fingers.

use holdline_shared::{Emoji, RoomName, Seq};
use yew::prelude::*;

use super::{Dialog, Menu, MenuItem, Shape, icon};
use crate::api::focus;
use crate::command::Command;
use crate::hooks::use_commands;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub room: RoomName,
    pub seq: Seq,
    /// Whether the message is the reader's own.
    pub is_own: bool,
    /// Who said the message, and when.
    pub title: AttrValue,
    /// The message's row, to which Esc leads.
    pub row: NodeRef,
    /// Hears that the sheet is to be closed; without it the tools stand beside the message.
    #[prop_or_default]
    pub on_close: Option<Callback<()>>,
}

/// The tools.
#[component]
pub fn MessageTools(props: &Props) -> Html {
    let Props { room, seq, is_own, title, row, on_close } = props;
    let run = use_commands();
    let choose = |command: Command| {
        let (run, on_close) = (run.clone(), on_close.clone());
        Callback::from(move |()| {
            // First, because what the command opens takes the focus.
            if let Some(close) = &on_close {
                close.emit(());
            }
            run.emit(command.clone());
        })
    };
    let react = |(emoji, name)| MenuItem {
        sign: html! { { emoji } },
        label: words::react_with(name).into(),
        class: "emoji",
        on_choose: choose(Command::React(room.clone(), *seq, Emoji::received(emoji))),
    };
    let item = |shape, label: &'static str, command| MenuItem {
        sign: icon(shape),
        label: label.into(),
        class: "",
        on_choose: choose(command),
    };
    let mut items: Vec<_> = words::REACTIONS.into_iter().map(react).collect();
    items.push(item(Shape::Reply, words::REPLY, Command::Reply(room.clone(), Some(*seq))));
    if *is_own {
        items.push(item(Shape::Edit, words::EDIT, Command::Edit(room.clone(), *seq)));
        items.push(item(Shape::Delete, words::DELETE, Command::AskToDelete(room.clone(), Some(*seq))));
    }
    if let Some(close) = on_close {
        return html! {
            <Dialog class="sheet" label={words::TOOLS} on_close={close.clone()}>
                <p class="faint">{ title }</p>
                <Menu class="tools" label={words::TOOLS} {items} on_leave={close.clone()} />
            </Dialog>
        };
    }
    let row = row.clone();
    html! { <Menu class="tools" label={words::TOOLS} {items} on_leave={move |()| focus::focus(&row)} /> }
}
