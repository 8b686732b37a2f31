//! What can be done with a message: react, reply, and with one's own change and delete.

use holdline_shared::Emoji;
use yew::prelude::*;

use super::{Shape, icon};

/// The reactions at hand. Others can be put through the API.
const EMOJI: [(&str, &str); 6] = [
    ("👍", "thumbs up"),
    ("❤️", "heart"),
    ("😂", "laughing"),
    ("🎉", "party"),
    ("👀", "eyes"),
    ("🙏", "thanks"),
];

/// What the tools do.
pub struct Tools {
    /// Puts a reaction, or takes it back.
    pub on_react: Callback<Emoji>,
    /// Answers it.
    pub on_reply: Callback<()>,
    /// With one's own: changes it, and deletes it.
    pub on_own: Option<(Callback<()>, Callback<()>)>,
    /// Whether deleting has been asked for and waits for a yes.
    pub is_asking: bool,
    /// Asks (`true`), or does not delete after all.
    pub on_ask: Callback<bool>,
}

/// The tools.
pub fn message_tools(tools: &Tools) -> Html {
    if let Some((_, on_delete)) = tools.on_own.as_ref().filter(|_| tools.is_asking) {
        let cancel = tools.on_ask.reform(|_| false);
        return html! {
            <div class="tools" role="group" aria-label="Delete this message?">
                <span class="ask">{ "Delete?" }</span>
                <button type="button" class="plain danger" onclick={on_delete.reform(|_| ())}>{ "Delete" }</button>
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
                    onclick={tools.on_react.reform({ let emoji = emoji.clone(); move |_| emoji.clone() })}
                >
                    { emoji.as_str() }
                </button>
            }
            { tool("Reply", Shape::Reply, &tools.on_reply) }
            if let Some((on_edit, _)) = &tools.on_own {
                { tool("Edit", Shape::Edit, on_edit) }
                { tool("Delete", Shape::Delete, &tools.on_ask.reform(|()| true)) }
            }
        </div>
    }
}

fn tool(name: &'static str, shape: Shape, act: &Callback<()>) -> Html {
    html! {
        <button type="button" class="tool" aria-label={name} title={name} onclick={act.reform(|_| ())}>
            { icon(shape) }
        </button>
    }
}
