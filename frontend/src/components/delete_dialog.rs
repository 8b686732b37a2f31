//! Asks whether to delete a message, and for a reason if it is somebody else's.

use holdline_shared::RoomName;
use yew::prelude::*;

use super::quote::excerpt;
use super::{Dialog, changing};
use crate::api::dom;
use crate::command::Command;
use crate::state::Line;
use crate::words;

/// The question. The first focus is not on the button that deletes: Enter, Enter deletes nothing.
pub fn delete_dialog(room: &RoomName, line: &Line, is_own: bool, run: &Callback<Command>) -> Html {
    let (keep, reason) = (Command::AskToDelete(room.clone(), None), NodeRef::default());
    let on_close = run.reform(move |()| keep.clone());
    let onclick = {
        let (room, seq, reason) = (room.clone(), line.message.seq, reason.clone());
        run.reform(move |_: MouseEvent| Command::Delete(room.clone(), seq, dom::text_in(&reason)))
    };
    html! {
        <Dialog class="card" label={words::DELETE_QUESTION} on_close={on_close.clone()}>
            <h2>{ words::DELETE_QUESTION }</h2>
            <p class="quoted" dir="auto">{ changing(excerpt(line)) }</p>
            if !is_own {
                <div class="form-field">
                    <label for="delete-reason">{ words::REASON }</label>
                    <input
                        id="delete-reason"
                        ref={reason}
                        class="field"
                        dir="auto"
                        autocomplete="off"
                        aria-describedby="delete-reason-under"
                        data-testid="delete-reason"
                        autofocus=true
                    />
                    <p class="faint" id="delete-reason-under">{ words::DELETE_REASON_WHY }</p>
                </div>
            }
            <div class="buttons">
                <button type="button" class="button danger" data-testid="confirm-delete" {onclick}>
                    { words::DELETE }
                </button>
                <button
                    type="button"
                    class="button"
                    data-testid="keep"
                    autofocus={is_own}
                    onclick={on_close.reform(|_| ())}
                >
                    { words::KEEP }
                </button>
            </div>
        </Dialog>
    }
}
