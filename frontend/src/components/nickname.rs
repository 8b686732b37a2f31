//! The reader's own name, at the foot of the side bar; a click changes it.

use holdline_shared::{Nickname as Name, Person};
use yew::prelude::*;

use super::{Dialog, LineField, Shape, badge, icon};
use crate::command::Command;
use crate::state::Overlay;
use crate::words;

/// The name, once there is a session.
pub fn nickname(me: Option<&Person>, run: &Callback<Command>) -> Html {
    let onclick = run.reform(|_: MouseEvent| Command::Open(Overlay::Nickname));
    let Some(me) = me else {
        return html! { <p class="nickname faint">{ words::FINDING_A_NAME }</p> };
    };
    html! {
        <button type="button" class="nickname" data-testid="nickname" title={words::CHANGE_NAME} {onclick}>
            { badge(me) }
            <span class="name" dir="auto" translate="no">{ me.name.as_str().to_owned() }</span>
            { icon(Shape::Edit) }
        </button>
    }
}

/// Asks for another name.
pub fn name_dialog(me: &Person, run: &Callback<Command>) -> Html {
    let on_cancel = run.reform(|()| Command::Open(Overlay::Nothing));
    let on_save = {
        let (run, before, cancel) = (run.clone(), me.name.clone(), on_cancel.clone());
        Callback::from(move |text: String| {
            let name = Name::parse(&text).map_err(|why| why.to_string())?;
            if name == before {
                cancel.emit(());
            } else {
                run.emit(Command::Rename(name));
            }
            Ok(())
        })
    };
    let text = me.name.as_str().to_owned();
    html! {
        <Dialog class="card" label={words::CHANGE_NAME} on_close={on_cancel.clone()}>
            <h2>{ words::CHANGE_NAME }</h2>
            <LineField id="nickname-input" label={words::YOUR_NAME} {text} {on_cancel} {on_save} />
            <p class="faint">{ words::NAME_IS_SEEN }</p>
        </Dialog>
    }
}
