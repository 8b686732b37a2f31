//! The reactions on a message, each a button that adds or takes back one's own.

use holdline_shared::{Emoji, PersonId, Reaction};
use yew::prelude::*;

/// The chips.
pub fn reactions(reactions: &[Reaction], me: Option<&PersonId>, on_react: &Callback<(Emoji, bool)>) -> Html {
    html! {
        <div class="reactions">
            for reaction in reactions {
                { chip(reaction, me, on_react) }
            }
        </div>
    }
}

fn chip(reaction: &Reaction, me: Option<&PersonId>, on_react: &Callback<(Emoji, bool)>) -> Html {
    let is_mine = me.is_some_and(|me| reaction.by.contains(me));
    let (emoji, count) = (reaction.emoji.clone(), reaction.by.len());
    let label = format!("{emoji} {count}{}", if is_mine { ", yours too" } else { "" });
    let onclick = on_react.reform(move |_| (emoji.clone(), !is_mine));
    html! {
        <button
            key={reaction.emoji.as_str()}
            class={if is_mine { "chip mine" } else { "chip" }}
            type="button"
            aria-pressed={is_mine.to_string()}
            aria-label={label}
            {onclick}
        >
            { reaction.emoji.as_str() }<span>{ count }</span>
        </button>
    }
}
