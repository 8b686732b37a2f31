//! A line that becomes a field when it is clicked: Enter or leaving it saves, Esc cancels.

use yew::prelude::*;

use crate::api::dom;
use crate::hooks::use_field;

/// What to change.
#[derive(Properties, PartialEq, Clone)]
pub struct Props {
    /// What the field is called.
    pub label: AttrValue,
    /// What it says so far.
    pub value: AttrValue,
    /// What the style sheet calls it.
    pub class: AttrValue,
    /// For tests; the field's has `-input` behind it.
    #[prop_or_default]
    pub testid: Option<AttrValue>,
    /// Takes the new text, or says what is wrong with it.
    pub on_save: Callback<String, Result<(), String>>,
    /// How it looks when it is not being changed.
    pub children: Html,
}

/// The line.
#[component]
pub fn InlineEdit(props: &Props) -> Html {
    let is_open = use_state_eq(|| false);
    let field = use_field(&props.value, is_open.then_some(0));
    if !*is_open {
        let (field, value) = (field.clone(), props.value.to_string());
        let open = move |_: MouseEvent| {
            field.set(value.clone());
            is_open.set(true);
        };
        return html! {
            <button
                type="button"
                class={format!("inline-edit {}", props.class)}
                data-testid={props.testid.clone()}
                title={&props.label}
                onclick={open}
            >
                { props.children.clone() }
            </button>
        };
    }
    let finish = {
        let (field, is_open, props) = (field.clone(), is_open.clone(), props.clone());
        Callback::from(move |()| {
            let text = field.text.trim().to_owned();
            let outcome = if text == props.value.as_str() { Ok(()) } else { props.on_save.emit(text) };
            match outcome {
                Ok(()) => is_open.set(false),
                Err(why) => field.refuse(why),
            }
        })
    };
    let onkeydown = {
        let finish = finish.clone();
        Callback::from(move |event: KeyboardEvent| {
            if dom::is_key(&event, "Enter") {
                event.prevent_default();
                finish.emit(());
            } else if dom::is_key(&event, "Escape") {
                event.stop_propagation();
                is_open.set(false);
            }
        })
    };
    html! {
        <span class={format!("inline-edit open {}", props.class)}>
            <input
                ref={&field.node}
                class="field"
                aria-label={&props.label}
                aria-invalid={field.error.is_some().to_string()}
                data-testid={props.testid.as_ref().map(|id| format!("{id}-input"))}
                value={field.text.clone()}
                autocomplete="off"
                oninput={field.on_input()}
                {onkeydown}
                onblur={finish.reform(|_| ())}
            />
            if let Some(why) = &field.error {
                <span class="error" role="alert">{ why }</span>
            }
        </span>
    }
}
