//! Changing a message in its place.

use holdline_shared::MessageText;
use yew::prelude::*;

use crate::api::dom;
use crate::hooks::{use_fitting_height, use_focus_on};

/// What to change.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What it says so far.
    pub text: AttrValue,
    /// Takes the new text.
    pub on_save: Callback<MessageText>,
    /// Leaves it as it was.
    pub on_cancel: Callback<()>,
}

/// The form: Enter saves, Shift+Enter breaks the line, Esc cancels.
#[component]
pub fn EditForm(props: &Props) -> Html {
    let field = use_node_ref();
    let text = use_state(|| props.text.to_string());
    let error = use_state(|| None::<String>);
    use_fitting_height(&field, &text);
    use_focus_on(&field, Some(()));
    let save = {
        let (text, error, on_save, on_cancel) =
            (text.clone(), error.clone(), props.on_save.clone(), props.on_cancel.clone());
        let before = props.text.clone();
        Callback::from(move |()| match MessageText::parse(&text) {
            Ok(new) if new.as_str() == before.as_str() => on_cancel.emit(()),
            Ok(new) => on_save.emit(new),
            Err(why) => error.set(Some(why.to_string())),
        })
    };
    let onkeydown = {
        let (save, cancel) = (save.clone(), props.on_cancel.clone());
        Callback::from(move |event: KeyboardEvent| {
            event.stop_propagation();
            if dom::is_send_key(&event) {
                event.prevent_default();
                save.emit(());
            } else if dom::is_key(&event, "Escape") {
                cancel.emit(());
            }
        })
    };
    let shown = (*text).clone();
    let oninput = Callback::from(move |event: InputEvent| text.set(dom::typed_text(&event)));
    html! {
        <div class="edit-form">
            <textarea
                ref={field}
                class="field"
                rows="1"
                dir="auto"
                aria-label="Change the message"
                value={shown}
                {oninput}
                {onkeydown}
            />
            if let Some(why) = &*error {
                <p class="error" role="alert">{ why }</p>
            }
            <p class="hint">
                <button type="button" class="plain" onclick={save.reform(|_| ())}>{ "Save" }</button>
                <button type="button" class="plain" onclick={props.on_cancel.reform(|_| ())}>{ "Cancel" }</button>
            </p>
        </div>
    }
}
