//! The reactions to a message, each a button that adds or removes the reader's own.

use holdline_shared::{Message, PersonId, Reaction, RoomName};
use yew::prelude::*;

use super::tab_index;
use crate::command::Command;
use crate::words;

/// The chips, if any, with or without Tab stops.
pub fn reactions(
    room: &RoomName,
    message: &Message,
    me: Option<&PersonId>,
    is_reached_by_tab: bool,
    run: &Callback<Command>,
) -> Html {
    let Message { seq, reactions, .. } = message;
    if reactions.is_empty() {
        return Html::default();
    }
    let chip = |reaction: &Reaction| {
        let (room, seq, emoji) = (room.clone(), *seq, reaction.emoji.clone());
        let onclick = run.reform(move |_: MouseEvent| Command::React(room.clone(), seq, emoji.clone()));
        let is_mine = me.is_some_and(|me| reaction.is_mine(me));
        let names: Vec<_> = reaction.by.iter().map(|person| person.name.as_str()).collect();
        let label = words::reaction_label(reaction.emoji.as_str(), reaction.count, &names.join(", "));
        html! {
            <button
                type="button"
                key={reaction.emoji.to_string()}
                class="chip"
                translate="no"
                aria-pressed={if is_mine { "true" } else { "false" }}
                aria-label={label.clone()}
                title={label}
                tabindex={tab_index(is_reached_by_tab)}
                {onclick}
            >
                { reaction.emoji.as_str().to_owned() }<span>{ reaction.count }</span>
            </button>
        }
    };
    html! { <div class="reactions">{ for reactions.iter().map(chip) }</div> }
}
