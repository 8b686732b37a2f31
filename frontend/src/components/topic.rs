//! The topic of a room; a click changes it.

use holdline_shared::limits::TOPIC_GRAPHEMES;
use holdline_shared::{InvalidTopic, RoomName, Topic as RoomTopic};
use yew::prelude::*;

use super::LineField;
use crate::command::Command;
use crate::hooks::{use_commands, use_focus_back, use_locale};
use crate::state::Overlay;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub room: RoomName,
    pub topic: RoomTopic,
    /// Whether the topic is being edited.
    pub is_open: bool,
}

/// The topic. The field that replaces it belongs to this room and to the topic at the moment of opening: its owner uses
/// the room as the component's key.
#[component]
pub fn Topic(props: &Props) -> Html {
    let Props { room, topic, is_open } = props;
    let (run, locale) = (use_commands(), use_locale());
    let button = use_node_ref();
    use_focus_back(&button, *is_open);
    let at_opening = use_memo(*is_open, |_| topic.clone());
    if *is_open {
        let on_cancel = run.reform(|()| Command::Open(Overlay::Nothing));
        let on_save = {
            let (run, room, before, cancel) = (run, room.clone(), (*at_opening).clone(), on_cancel.clone());
            Callback::from(move |text: String| {
                let topic = parse(&text, locale.count).map_err(|why| why.to_string())?;
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

/// Checks a typed topic as the server will, so that one that is too long stays in its field. `count` returns the number
/// of graphemes, by the browser's tables.
fn parse(text: &str, count: fn(&str) -> usize) -> Result<RoomTopic, InvalidTopic> {
    let topic = RoomTopic::parse(text)?;
    if count(topic.as_str()) > TOPIC_GRAPHEMES { Err(InvalidTopic::TooLong) } else { Ok(topic) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topic_that_is_too_long_is_noticed_before_the_server_does() {
        let chars = |text: &str| text.chars().count();
        assert_eq!(parse(" about  tea ", chars).unwrap(), RoomTopic::parse("about tea").unwrap());
        assert!(parse(&"ü".repeat(TOPIC_GRAPHEMES), chars).is_ok());
        let counted = |_: &str| TOPIC_GRAPHEMES + 1;
        assert_eq!(parse("about tea", counted), Err(InvalidTopic::TooLong));
    }
}
