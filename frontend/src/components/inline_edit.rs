//! A line that becomes a field when it is clicked: Enter or leaving it saves, Esc cancels.

use yew::prelude::*;

use crate::api::dom;
use crate::hooks::use_focus_on;

/// What to change.
#[derive(Properties, PartialEq)]
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
    let field = use_node_ref();
    let draft = use_state(|| None::<String>);
    let error = use_state(|| None::<String>);
    use_focus_on(&field, draft.is_some().then_some(()));
    let Some(text) = &*draft else {
        let open = {
            let (draft, value) = (draft.clone(), props.value.to_string());
            Callback::from(move |_: MouseEvent| draft.set(Some(value.clone())))
        };
        return html! {
            <button
                type="button"
                class={classes!("inline-edit", props.class.to_string())}
                data-testid={props.testid.clone()}
                title={&props.label}
                onclick={open}
            >
                { props.children.clone() }
            </button>
        };
    };
    let finish = {
        let (draft, error, on_save, before) =
            (draft.clone(), error.clone(), props.on_save.clone(), props.value.clone());
        Callback::from(move |()| {
            let text = draft.as_deref().unwrap_or_default().trim().to_owned();
            let outcome = if text == before.as_str() { Ok(()) } else { on_save.emit(text) };
            match outcome {
                Ok(()) => {
                    error.set(None);
                    draft.set(None);
                }
                Err(why) => error.set(Some(why)),
            }
        })
    };
    let onkeydown = {
        let (finish, draft, error) = (finish.clone(), draft.clone(), error.clone());
        Callback::from(move |event: KeyboardEvent| {
            if dom::is_key(&event, "Enter") {
                event.prevent_default();
                finish.emit(());
            } else if dom::is_key(&event, "Escape") {
                event.stop_propagation();
                error.set(None);
                draft.set(None);
            }
        })
    };
    let oninput = {
        let draft = draft.clone();
        Callback::from(move |event: InputEvent| draft.set(Some(dom::typed_text(&event))))
    };
    html! {
        <span class={classes!("inline-edit", "open", props.class.to_string())}>
            <input
                ref={field}
                class="field"
                aria-label={&props.label}
                aria-invalid={error.is_some().to_string()}
                data-testid={props.testid.as_ref().map(|id| format!("{id}-input"))}
                value={text.clone()}
                autocomplete="off"
                {oninput}
                {onkeydown}
                onblur={finish.reform(|_| ())}
            />
            if let Some(why) = &*error {
                <span class="error" role="alert">{ why }</span>
            }
        </span>
    }
}
