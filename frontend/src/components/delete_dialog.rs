//! Asks whether a message is really to be deleted.

use holdline_shared::RoomName;
use yew::prelude::*;

use super::Dialog;
use super::quote::excerpt;
use crate::command::Command;
use crate::state::Line;
use crate::words;

/// The question.
pub fn delete_dialog(room: &RoomName, line: &Line, run: &Callback<Command>) -> Html {
    let keep = Command::AskToDelete(room.clone(), None);
    let delete = Command::Delete(room.clone(), line.message.seq);
    let on_close = run.reform(move |()| keep.clone());
    let onclick = run.reform(move |_: MouseEvent| delete.clone());
    html! {
        <Dialog class="card" label={words::DELETE_QUESTION} on_close={on_close.clone()}>
            <h2>{ words::DELETE_QUESTION }</h2>
            <p class="quoted" dir="auto">{ excerpt(line) }</p>
            <div class="buttons">
                <button type="button" class="button danger" autofocus=true data-testid="confirm-delete" {onclick}>
                    { words::DELETE }
                </button>
                <button type="button" class="button" data-testid="keep" onclick={on_close.reform(|_| ())}>
                    { words::KEEP }
                </button>
            </div>
        </Dialog>
    }
}
