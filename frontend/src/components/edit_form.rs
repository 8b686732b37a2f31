//! Changing a message in its place.

use holdline_shared::MessageText;
use yew::prelude::*;

use crate::api::dom;
use crate::hooks::use_field;

/// What to change.
#[derive(Properties, PartialEq, Clone)]
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
    let field = use_field(&props.text, Some(0));
    let save = {
        let (field, props) = (field.clone(), props.clone());
        Callback::from(move |()| match MessageText::parse(&field.text) {
            Ok(new) if new.as_str() == props.text.as_str() => props.on_cancel.emit(()),
            Ok(new) => props.on_save.emit(new),
            Err(why) => field.refuse(why.to_string()),
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
    html! {
        <div class="edit-form">
            <textarea
                ref={&field.node}
                class="field"
                rows="1"
                dir="auto"
                aria-label="Change the message"
                value={field.text.clone()}
                oninput={field.on_input()}
                {onkeydown}
            />
            if let Some(why) = &field.error {
                <p class="error" role="alert">{ why }</p>
            }
            <p class="hint">
                <button type="button" class="plain" onclick={save.reform(|_| ())}>{ "Save" }</button>
                <button type="button" class="plain" onclick={props.on_cancel.reform(|_| ())}>{ "Cancel" }</button>
            </p>
        </div>
    }
}
