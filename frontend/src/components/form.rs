//! A form: its fields, the outcome of submitting it, and the button. A plain function: the browser keeps what is typed,
//! and the state keeps the outcome.

use yew::prelude::*;

use super::changing;
use crate::api::form::Values;
use crate::state::Settings;
use crate::words;

/// The parts of a form.
pub struct FormOf<'a> {
    /// The form's name in tests.
    pub id: &'static str,
    /// The fields.
    pub fields: Html,
    /// The label of the button.
    pub submit: &'static str,
    /// The style of the button: `danger` for actions that cannot be undone.
    pub class: &'static str,
    /// The outcome of submitting it; `None` if another place shows it.
    pub settings: Option<&'a Settings>,
    /// The callback that receives the fields.
    pub on_submit: Callback<Values>,
}

/// The form.
pub fn form(of: FormOf<'_>) -> Html {
    let FormOf { id, fields, submit, class, settings, on_submit } = of;
    let onsubmit = on_submit.reform(|event: SubmitEvent| Values::sent(&event));
    html! {
        <form class="form" data-testid={id} {onsubmit}>
            { fields }
            if let Some(settings) = settings {
                { outcome(settings) }
            }
            <div class="buttons">
                <button type="submit" class={classes!("button", class)}>{ changing(submit) }</button>
            </div>
        </form>
    }
}

/// Draws the outcome of a dialog's last request.
pub fn outcome(settings: &Settings) -> Html {
    html! {
        <div role="status" class="outcome">
            if let Some(why) = &settings.problem {
                <p key="problem" class="error" data-testid="problem">{ changing(words::sentence(why)) }</p>
            } else if settings.is_done {
                <p key="done" class="faint" data-testid="done">{ words::DONE }</p>
            }
        </div>
    }
}
