//! What can be done with a message: react, reply, and with one's own change and delete.

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

/// The tools; while `is_asking`, deleting waits for a yes.
pub fn message_tools(is_own: bool, is_asking: bool) -> Html {
    if is_asking {
        return html! {
            <div class="tools" role="group" aria-label="Delete this message?">
                <span class="ask">{ "Delete?" }</span>
                <button type="button" class="plain" id="confirm" data-act="delete">{ "Delete" }</button>
                { plain("Keep", "keep") }
            </div>
        };
    }
    html! {
        <div class="tools" role="group" aria-label="Message actions">
            for (emoji, name) in EMOJI {
                { tool(format!("React with {name}"), format!("react {emoji}"), html! { emoji }) }
            }
            { tool("Reply", "reply", icon(Shape::Reply)) }
            if is_own {
                { tool("Edit", "edit", icon(Shape::Edit)) }
                { tool("Delete", "ask", icon(Shape::Delete)) }
            }
        </div>
    }
}

fn tool(name: impl Into<AttrValue>, act: impl Into<AttrValue>, picture: Html) -> Html {
    tool_of(name.into(), act.into(), picture)
}

fn tool_of(name: AttrValue, act: AttrValue, picture: Html) -> Html {
    html! {
        <button type="button" class="tool" aria-label={&name} title={name} data-act={act}>{ picture }</button>
    }
}

/// A button that looks like a link.
pub fn plain(label: impl Into<AttrValue>, act: impl Into<AttrValue>) -> Html {
    plain_of(label.into(), act.into())
}

fn plain_of(label: AttrValue, act: AttrValue) -> Html {
    html! { <button type="button" class="plain" data-act={act}>{ label }</button> }
}
