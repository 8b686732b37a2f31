//! Where messages are typed, and above it the message that is answered.

use std::rc::Rc;

use holdline_shared::RoomName;
use yew::prelude::*;

use super::quote::excerpt;
use super::{MessageField, Shape, icon, icon_button, name};
use crate::api::dom;
use crate::api::focus::{self, COMPOSER};
use crate::command::Command;
use crate::hooks::use_commands;
use crate::state::{Line, RoomUi};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// Where to.
    pub room: RoomName,
    /// What was typed, and in answer to what.
    pub ui: Rc<RoomUi>,
    /// The message that is answered, if it is loaded.
    pub reply_to: Option<Rc<Line>>,
}

/// The composer.
#[component]
pub fn Composer(props: &Props) -> Html {
    let Props { room, ui, reply_to } = props;
    let run = use_commands();
    let node = use_node_ref();
    {
        let (node, is_first) = (node.clone(), use_mut_ref(|| true));
        use_effect_with(ui.composer_focus, move |_| {
            // On a touched screen the focus would open a keyboard over what one came to read.
            if !(is_first.replace(false) && dom::is_touched()) {
                focus::focus(&node);
            }
        });
    }
    let act = |make: fn(RoomName) -> Command| {
        let room = room.clone();
        run.reform(move |()| make(room.clone()))
    };
    let on_change = {
        let room = room.clone();
        run.reform(move |text| Command::Write(room.clone(), text))
    };
    let on_send = {
        let room = room.clone();
        run.reform(move |text| Command::Say(room.clone(), text))
    };
    let no_reply = act(|room| Command::Reply(room, None));
    html! {
        <div class="composer">
            if ui.writing.reply_to.is_some() {
                <p class="replying">
                    <span>
                        { words::REPLYING_TO }
                        if let Some(line) = reply_to {
                            { name(&line.message.author) }{ " " }
                            <span class="quoted">{ excerpt(line) }</span>
                        } else {
                            { words::QUOTE_NOT_LOADED }
                        }
                    </span>
                    { icon_button(Shape::Close, words::DO_NOT_REPLY, no_reply.reform(|_| ())) }
                </p>
            }
            <MessageField
                id={COMPOSER}
                label={words::message_to(room.as_str())}
                text={ui.writing.draft.clone()}
                node={node.clone()}
                {on_change}
                {on_send}
                on_cancel={no_reply}
                on_up={act(Command::EditNewest)}
            >
                <button
                    type="submit"
                    class="send"
                    aria-label={words::SEND}
                    disabled={ui.writing.draft.trim().is_empty()}
                >
                    { icon(Shape::Send) }
                </button>
            </MessageField>
        </div>
    }
}
