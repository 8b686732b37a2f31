//! A field of a form, with its label above and what is wrong with it below.

use yew::prelude::*;

use crate::hooks::{use_first_value, use_focus};

/// The kinds of input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A line of text.
    Text,
    /// A secret that exists already.
    Secret,
    /// A secret that is made here.
    NewSecret,
    /// The name of somebody's account.
    UserName,
    /// A number.
    Number,
    /// A choice of these, each a value and its word.
    Choice(Vec<(AttrValue, AttrValue)>),
    /// Yes or no.
    Tick,
}

#[derive(Properties, PartialEq)]
pub struct Props {
    /// Its name in the form, also for tests.
    pub name: AttrValue,
    /// The label.
    pub label: AttrValue,
    /// The kind of input.
    #[prop_or(Kind::Text)]
    pub kind: Kind,
    /// The value at first.
    #[prop_or_default]
    pub value: AttrValue,
    /// A sentence below.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// The problem with what was put in.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// Whether the form cannot be sent without it.
    #[prop_or_default]
    pub is_required: bool,
    /// Whether it has the focus at first.
    #[prop_or_default]
    pub has_focus: bool,
}

/// The field. What is typed is the browser's.
#[component]
pub fn Field(props: &Props) -> Html {
    let Props { name, label, kind, value, hint, problem, is_required, has_focus } = props;
    let node = use_node_ref();
    let first = match kind {
        // A list shows its first choice where nothing else was chosen.
        Kind::Choice(choices) if value.is_empty() => choices.first().map(|(value, _)| value.clone()),
        _ => None,
    };
    use_first_value(&node, first.as_ref().unwrap_or(value));
    // Where a dialog is open already, the browser looks at no attribute.
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
                { for choices.iter().map(|(value, word)| html! { <option {value}>{ word }</option> }) }
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
    let label = html! { <label for={format!("field-{name}")}>{ label }</label> };
    html! {
        <div class={classes!("form-field", (*kind == Kind::Tick).then_some("tick"))}>
            if *kind == Kind::Tick {
                { input }{ label }
            } else {
                { label }{ input }
            }
            if let Some(why) = problem {
                <p class="error" role="alert" id={under}>{ why }</p>
            } else if let Some(hint) = hint {
                <p class="faint" id={under}>{ hint }</p>
            }
        </div>
    }
}
