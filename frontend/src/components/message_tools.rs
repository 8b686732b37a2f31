//! The tools of a message: react, reply; edit and delete for one's own; report for others', or delete as an admin.
//! Shown next to the message for a mouse, and as a sheet at the bottom for touch.

use holdline_shared::{Emoji, RoomName, Seq};
use yew::prelude::*;

use super::{Dialog, Menu, MenuItem, Shape, icon, verbatim};
use crate::api::focus;
use crate::command::Command;
use crate::state::{Overlay, Panel, Powers};
use crate::words;

/// The message that the tools act on, and the reader's rights over it.
pub struct ToolsOf {
    /// The message's room.
    pub room: RoomName,
    /// The message's position in the log.
    pub seq: Seq,
    /// Whether the message is the reader's own.
    pub is_own: bool,
    /// The rights of the reader over the messages of others.
    pub powers: Powers,
    /// The author of the message and its time.
    pub title: AttrValue,
    /// The message's row, which gets the focus on Esc.
    pub row: NodeRef,
    /// The callback that closes the sheet; without it the tools are next to the message.
    pub on_close: Option<Callback<()>>,
}

/// The tools.
pub fn message_tools(of: &ToolsOf, run: &Callback<Command>) -> Html {
    let ToolsOf { room, seq, is_own, powers, title, row, on_close } = of;
    let choose = |command: Command| {
        let (run, on_close) = (run.clone(), on_close.clone());
        Callback::from(move |()| {
            // Closes first, because whatever the command opens takes the focus.
            if let Some(close) = &on_close {
                close.emit(());
            }
            run.emit(command.clone());
        })
    };
    let react = |(emoji, name)| MenuItem {
        sign: verbatim(emoji),
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
    }
    if *is_own || powers.can_delete {
        items.push(item(Shape::Delete, words::DELETE, Command::AskToDelete(room.clone(), Some(*seq))));
    }
    if !is_own && powers.can_report {
        items.push(item(Shape::Flag, words::REPORT, Command::Open(Overlay::Panel(Panel::Report(*seq)))));
    }
    if let Some(close) = on_close {
        return html! {
            <Dialog class="sheet" label={words::TOOLS} on_close={close.clone()}>
                <p class="faint" translate="no">{ title }</p>
                <Menu class="tools" label={words::TOOLS} {items} on_leave={close.clone()} />
            </Dialog>
        };
    }
    let row = row.clone();
    html! { <Menu class="tools" label={words::TOOLS} {items} on_leave={move |()| focus::focus(&row)} /> }
}
