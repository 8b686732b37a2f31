//! The reactions on a message, each a button that adds or takes back one's own.

use holdline_shared::{PersonId, Reaction};
use yew::prelude::*;

use super::element;

/// The chips, if there are any.
pub fn reactions(reactions: &[Reaction], me: Option<&PersonId>) -> Html {
    if reactions.is_empty() {
        return Html::default();
    }
    let chips =
        reactions.iter().map(|reaction| chip(reaction, me.is_some_and(|me| reaction.by.contains(me))));
    element("div", "reactions", chips.collect())
}

fn chip(reaction: &Reaction, is_mine: bool) -> Html {
    let (emoji, count) = (reaction.emoji.as_str(), reaction.by.len());
    html! {
        <button
            key={emoji}
            class="chip"
            type="button"
            aria-pressed={if is_mine { "true" } else { "false" }}
            aria-label={format!("{emoji} {count}")}
            data-act={format!("react {emoji}")}
        >
            { emoji }<span>{ count }</span>
        </button>
    }
}
