//! The form that replaces a message while it is being edited.

use holdline_shared::RoomName;
use yew::prelude::*;

use super::MessageField;
use crate::command::Command;
use crate::hooks::{use_commands, use_focus};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub room: RoomName,
    /// The text typed so far.
    pub text: AttrValue,
}

/// The form.
#[component]
pub fn EditForm(props: &Props) -> Html {
    let Props { room, text } = props;
    let run = use_commands();
    let node = use_node_ref();
    use_focus(&node, Some(()));
    let on_change = {
        let room = room.clone();
        run.reform(move |text| Command::ChangeEdit(room.clone(), text))
    };
    let on_send = {
        let room = room.clone();
        run.reform(move |text| Command::SaveEdit(room.clone(), text))
    };
    let on_cancel = {
        let room = room.clone();
        run.reform(move |()| Command::CancelEdit(room.clone()))
    };
    let cancel = on_cancel.reform(|_: MouseEvent| ());
    html! {
        <MessageField id="edit" label={words::CHANGE_MESSAGE} text={text.clone()} {node} {on_change} {on_send} {on_cancel}>
            <div class="buttons">
                <button type="submit" class="plain" disabled={text.trim().is_empty()}>{ words::SAVE }</button>
                <button type="button" class="plain" onclick={cancel}>{ words::CANCEL }</button>
                <span class="keys">{ words::ESC_CANCELS }</span>
            </div>
        </MessageField>
    }
}
