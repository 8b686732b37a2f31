//! The reactions on a message, each a button that adds or takes back one's own.

use holdline_shared::{PersonId, Reaction};
use yew::prelude::*;

use super::tag;

/// The chips, if there are any.
pub fn reactions(reactions: &[Reaction], me: Option<&PersonId>) -> Html {
    if reactions.is_empty() {
        return Html::default();
    }
    let chips = reactions.iter().map(|reaction| chip(reaction, me.is_some_and(|me| reaction.is_mine(me))));
    tag("div|class=reactions").all(chips).end()
}

fn chip(reaction: &Reaction, is_mine: bool) -> Html {
    let (emoji, count) = (reaction.emoji.as_str(), reaction.count);
    tag("button|class=chip|type=button")
        .key(emoji)
        .set("aria-pressed", if is_mine { "true" } else { "false" })
        .set("aria-label", format!("{emoji} {count}"))
        .set("data-act", format!("react {emoji}"))
        .say(emoji.to_owned())
        .with(tag("span").say(count.to_string()).end())
        .end()
}
