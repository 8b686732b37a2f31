//! A field of one line that is saved by Enter or a button and cancelled by Esc: a topic, the name of a room. Leaving
//! the window or the field saves nothing: an unfinished text is not meant for others.

use yew::prelude::*;

use super::{Shape, changing, icon_button};
use crate::api::dom;
use crate::hooks::use_focus;
use crate::words;

/// The callback that receives a text, and returns a reason if it rejects the text.
pub(super) type OnText = Callback<String, Result<(), String>>;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The field's name for the page, tests and the style sheet.
    pub id: &'static str,
    /// The label, also shown in the field while it is empty.
    pub label: &'static str,
    /// The initial text.
    #[prop_or_default]
    pub text: AttrValue,
    /// The callback for a cancelled edit; a field that has it gets the focus and buttons.
    #[prop_or_default]
    pub on_cancel: Option<Callback<()>>,
    /// The callback that receives the text.
    pub on_save: OnText,
}

/// The field.
#[component]
pub fn LineField(props: &Props) -> Html {
    let Props { id, label, text: first, on_cancel, on_save } = props;
    let node = use_node_ref();
    let text = use_state_eq(|| first.to_string());
    let error = use_state_eq(|| None::<String>);
    use_focus(&node, on_cancel.is_some().then_some(()));
    let onsubmit = {
        let (node, text, error, on_save) = (node.clone(), text.setter(), error.setter(), on_save.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            // Reads the element and not the state: on a busy page, keys come faster than renders.
            match on_save.emit(dom::text_in(&node)) {
                Ok(()) => text.set(String::new()),
                Err(why) => error.set(Some(words::sentence(&why))),
            }
        })
    };
    let oninput = {
        let (text, error) = (text.setter(), error.setter());
        Callback::from(move |event: InputEvent| {
            text.set(dom::typed_text(&event));
            error.set(None);
        })
    };
    let onkeydown = on_cancel.clone().map(|cancel| {
        Callback::from(move |event: KeyboardEvent| {
            if dom::is_key(&event, "Escape") {
                event.stop_propagation();
                cancel.emit(());
            }
        })
    });
    let error_id = format!("{id}-error");
    html! {
        <form class={classes!("line-field", *id)} {onsubmit}>
            <div class="write">
                <input
                    id={*id}
                    ref={&node}
                    class="field"
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    enterkeyhint={if on_cancel.is_some() { "done" } else { "go" }}
                    data-testid={*id}
                    aria-label={*label}
                    aria-invalid={error.is_some().then_some("true")}
                    aria-describedby={error.is_some().then(|| error_id.clone())}
                    placeholder={*label}
                    autofocus={on_cancel.is_some()}
                    value={(*text).clone()}
                    {oninput}
                    {onkeydown}
                />
                if let Some(cancel) = on_cancel {
                    <button type="submit" class="plain">{ words::SAVE }</button>
                    { icon_button(Shape::Close, words::CANCEL, cancel.reform(|_| ())) }
                }
            </div>
            if let Some(why) = &*error {
                <p class="error" role="alert" id={error_id}>{ changing(why.as_str()) }</p>
            }
        </form>
    }
}
