//! A field of a form, with its label above and its problem below.

use yew::prelude::*;

use super::changing;
use crate::hooks::{use_first_value, use_focus};

/// The kinds of input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A line of text.
    Text,
    /// An existing secret.
    Secret,
    /// A new secret.
    NewSecret,
    /// The name of somebody's account.
    UserName,
    /// A number.
    Number,
    /// A choice from these, each with its value and its label.
    Choice(Vec<(AttrValue, AttrValue)>),
    /// Yes or no.
    Tick,
}

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The field's name in the form and in tests.
    pub name: AttrValue,
    /// The label.
    pub label: AttrValue,
    /// The kind of input.
    #[prop_or(Kind::Text)]
    pub kind: Kind,
    /// The initial value.
    #[prop_or_default]
    pub value: AttrValue,
    /// A sentence below the field.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// The problem with the input.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// Whether the form requires a value.
    #[prop_or_default]
    pub is_required: bool,
    /// Whether the field has the focus initially.
    #[prop_or_default]
    pub has_focus: bool,
}

/// The field. The browser keeps what is typed.
#[component]
pub fn Field(props: &Props) -> Html {
    let Props { name, label, kind, value, hint, problem, is_required, has_focus } = props;
    let node = use_node_ref();
    let first = match kind {
        // A list shows its first choice if no other is selected.
        Kind::Choice(choices) if value.is_empty() => choices.first().map(|(value, _)| value.clone()),
        _ => None,
    };
    use_first_value(&node, first.as_ref().unwrap_or(value));
    // In a dialog that is already open, the browser ignores `autofocus`.
    use_focus(&node, has_focus.then_some(()));
    let id = format!("field-{name}");
    let under = format!("{id}-under");
    let described = (hint.is_some() || problem.is_some()).then(|| under.clone());
    let invalid = problem.is_some().then_some("true");
    let (kind_name, completes) = match kind {
        Kind::Text | Kind::Choice(_) => ("text", "off"),
        Kind::UserName => ("text", "username"),
        Kind::Secret => ("password", "current-password"),
        Kind::NewSecret => ("password", "new-password"),
        Kind::Number => ("number", "off"),
        Kind::Tick => ("checkbox", "off"),
    };
    let input = match kind {
        Kind::Choice(choices) => html! {
            <select {id} ref={&node} {name} class="field" data-testid={name} aria-describedby={described}>
                { for choices.iter().map(|(value, word)| html! {
                    <option key={&**value} {value}>{ changing(word) }</option>
                }) }
            </select>
        },
        _ => html! {
            <input
                {id}
                ref={&node}
                {name}
                class={(*kind != Kind::Tick).then_some("field")}
                type={kind_name}
                min={(*kind == Kind::Number).then_some("0")}
                dir={(kind_name == "text").then_some("auto")}
                autocomplete={completes}
                data-testid={name}
                aria-invalid={invalid}
                aria-describedby={described}
                required={*is_required}
                autofocus={*has_focus}
            />
        },
    };
    let label = html! { <label for={format!("field-{name}")}>{ changing(label) }</label> };
    html! {
        <div class={classes!("form-field", (*kind == Kind::Tick).then_some("tick"))}>
            if *kind == Kind::Tick {
                { input }{ label }
            } else {
                { label }{ input }
            }
            if let Some(why) = problem {
                <p key="problem" class="error" role="alert" id={under}>{ changing(why) }</p>
            } else if let Some(hint) = hint {
                <p key="hint" class="faint" id={under}>{ changing(hint) }</p>
            }
        </div>
    }
}
