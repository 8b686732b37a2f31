//! What can be done with a message: react, reply, and with one's own change and delete.

use yew::prelude::*;

use super::{Shape, button, icon, plain, tag, text, words};

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
        let delete = tag("button|type=button|class=plain|id=confirm|data-act=delete").say("Delete").end();
        let ask = [words("span", "ask", "Delete?"), delete, plain("Keep", "keep".into())];
        return tag("div|class=tools").all(ask).end();
    }
    let tool = |name: &str, act: &str, picture: Html| button("tool", act.to_owned(), Some(name), picture);
    let react = |(emoji, name): (&'static str, &str)| {
        tool(&format!("React with {name}"), &format!("react {emoji}"), text(AttrValue::Static(emoji)))
    };
    let mut tools: Vec<_> = EMOJI.into_iter().map(react).collect();
    tools.push(tool("Reply", "reply", icon(Shape::Reply)));
    if is_own {
        tools.push(tool("Edit", "edit", icon(Shape::Edit)));
        tools.push(tool("Delete", "ask", icon(Shape::Delete)));
    }
    tag("div|class=tools").all(tools).end()
}
