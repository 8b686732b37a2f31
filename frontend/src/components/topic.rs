//! The topic of a room; a click changes it.

use holdline_shared::{RoomName, Topic as RoomTopic};
use yew::prelude::*;

use super::LineField;
use crate::command::Command;
use crate::hooks::{use_commands, use_focus_back};
use crate::state::Overlay;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub room: RoomName,
    pub topic: RoomTopic,
    /// Whether it is being edited.
    pub is_open: bool,
}

/// The topic. The field that replaces it belongs to this room and to the topic at the moment of opening: its owner uses
/// the room as the component's key.
#[component]
pub fn Topic(props: &Props) -> Html {
    let Props { room, topic, is_open } = props;
    let run = use_commands();
    let button = use_node_ref();
    use_focus_back(&button, *is_open);
    let at_opening = use_memo(*is_open, |_| topic.clone());
    if *is_open {
        let on_cancel = run.reform(|()| Command::Open(Overlay::Nothing));
        let on_save = {
            let (run, room, before, cancel) = (run, room.clone(), (*at_opening).clone(), on_cancel.clone());
            Callback::from(move |text: String| {
                let topic = RoomTopic::parse(&text).map_err(|why| why.to_string())?;
                if topic == before {
                    cancel.emit(());
                } else {
                    run.emit(Command::SetTopic(room.clone(), topic));
                }
                Ok(())
            })
        };
        let text = at_opening.as_str().to_owned();
        return html! {
            <LineField id="topic-input" label={words::CHANGE_TOPIC} {text} {on_cancel} {on_save} />
        };
    }
    let onclick = run.reform(|_: MouseEvent| Command::Open(Overlay::Topic));
    html! {
        <button type="button" ref={button} class="topic" data-testid="topic" title={words::CHANGE_TOPIC} {onclick}>
            if topic.as_str().is_empty() {
                <span key="add" class="faint">{ words::ADD_TOPIC }</span>
            } else {
                <span key="topic" dir="auto" translate="no">{ topic.as_str().to_owned() }</span>
            }
        </button>
    }
}
