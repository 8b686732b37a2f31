//! A line that becomes a field when it is clicked: Enter or leaving it saves, Esc cancels.

use yew::prelude::*;

use super::{Field, FieldEvent, FieldKind, OnField, tag};
use crate::state::Locale;

/// What to change.
pub struct InlineEdit<'a> {
    /// What it is called: by the style sheet, by tests, and as an act that a click on it asks for.
    pub name: &'static str,
    /// The field that it becomes.
    pub kind: &'static FieldKind,
    /// What a click does, in words.
    pub label: &'static str,
    /// What it says so far.
    pub text: &'a str,
    /// Whether it is being changed.
    pub is_open: bool,
    /// The reader's way of counting.
    pub locale: Locale,
    /// Takes the new text (`Some`) or leaves it as it is; closes unless it says what is wrong.
    pub on_done: Callback<Option<String>, Result<(), String>>,
    /// How it looks when it is not being changed.
    pub children: Html,
}

/// The line.
pub fn inline_edit(edit: InlineEdit<'_>) -> Html {
    let InlineEdit { name, kind, label, text, is_open, locale, on_done, children } = edit;
    if !is_open {
        let class = format!("inline-edit {name}");
        return tag("button|type=button")
            .set("class", class)
            .set("data-testid", name)
            .set("data-act", name)
            .set("title", label)
            .with(children)
            .end();
    }
    let before = text.to_owned();
    let on: OnField = Callback::from(move |event| match event {
        FieldEvent::Submit(text) => on_done.emit(Some(text).filter(|text| text.trim() != before)),
        FieldEvent::Cancel => on_done.emit(None),
        FieldEvent::Change(_) | FieldEvent::Up => Ok(()),
    });
    html! { <Field {kind} {label} text={text.to_owned()} focus={0} {locale} {on} /> }
}
