//! What can be done with a message: react, reply, and with one's own change and delete.

use holdline_shared::Emoji;
use yew::prelude::*;

use super::{Icon, Shape};

/// The reactions at hand. Others can be put through the API.
const EMOJI: [(&str, &str); 6] = [
    ("👍", "thumbs up"),
    ("❤️", "heart"),
    ("😂", "laughing"),
    ("🎉", "party"),
    ("👀", "eyes"),
    ("🙏", "thanks"),
];

/// With which message.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Whether it is one's own.
    pub is_own: bool,
    /// Puts a reaction, or takes it back.
    pub on_react: Callback<Emoji>,
    /// Answers it.
    pub on_reply: Callback<()>,
    /// Changes it.
    pub on_edit: Callback<()>,
    /// Deletes it.
    pub on_delete: Callback<()>,
}

/// The tools.
#[component]
pub fn MessageTools(props: &Props) -> Html {
    let is_asking = use_state(|| false);
    if *is_asking {
        let cancel = Callback::from(move |_: MouseEvent| is_asking.set(false));
        return html! {
            <div class="tools" role="group" aria-label="Delete this message?">
                <span class="ask">{ "Delete?" }</span>
                <button type="button" class="plain danger" onclick={props.on_delete.reform(|_| ())}>{ "Delete" }</button>
                <button type="button" class="plain" onclick={cancel}>{ "Keep" }</button>
            </div>
        };
    }
    let emoji = EMOJI.iter().filter_map(|(emoji, name)| Some((Emoji::parse(emoji).ok()?, *name)));
    html! {
        <div class="tools" role="group" aria-label="Message actions">
            for (emoji, name) in emoji {
                <button
                    key={name}
                    type="button"
                    class="tool emoji"
                    aria-label={format!("React with {name}")}
                    onclick={props.on_react.reform({ let emoji = emoji.clone(); move |_| emoji.clone() })}
                >
                    { emoji.as_str() }
                </button>
            }
            { tool("Reply", Shape::Reply, &props.on_reply) }
            if props.is_own {
                { tool("Edit", Shape::Edit, &props.on_edit) }
                { tool("Delete", Shape::Delete, &Callback::from(move |()| is_asking.set(true))) }
            }
        </div>
    }
}

fn tool(name: &'static str, shape: Shape, act: &Callback<()>) -> Html {
    html! {
        <button type="button" class="tool" aria-label={name} title={name} onclick={act.reform(|_| ())}>
            <Icon {shape} />
        </button>
    }
}
