//! The reactions on a message, each a button that adds or takes back one's own.

use holdline_shared::{Emoji, PersonId, Reaction};
use yew::prelude::*;

/// On what.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The reactions.
    pub reactions: Vec<Reaction>,
    /// Who I am.
    pub me: Option<PersonId>,
    /// Puts one (`true`) or takes it back.
    pub on_react: Callback<(Emoji, bool)>,
}

/// The chips.
#[component]
pub fn Reactions(props: &Props) -> Html {
    html! {
        <div class="reactions">
            for reaction in &props.reactions {
                { chip(props, reaction) }
            }
        </div>
    }
}

fn chip(props: &Props, reaction: &Reaction) -> Html {
    let is_mine = props.me.as_ref().is_some_and(|me| reaction.by.contains(me));
    let (emoji, count) = (reaction.emoji.clone(), reaction.by.len());
    let label = format!("{emoji} {count}{}", if is_mine { ", yours too" } else { "" });
    let onclick = props.on_react.reform(move |_| (emoji.clone(), !is_mine));
    html! {
        <button
            key={reaction.emoji.as_str()}
            class={classes!("chip", is_mine.then_some("mine"))}
            type="button"
            aria-pressed={is_mine.to_string()}
            aria-label={label}
            {onclick}
        >
            { reaction.emoji.as_str() }<span>{ count }</span>
        </button>
    }
}
