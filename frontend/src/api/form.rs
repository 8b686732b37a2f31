//! The fields of a form: their values when it is submitted, and their initial values. The browser keeps what is typed;
//! nothing of a form is part of the page's state.

use litemap::LiteMap;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlFormElement, HtmlInputElement, HtmlSelectElement};
use yew::NodeRef;

/// The value that ticks a box.
pub const ON: &str = "on";

/// The values of a form's fields by name; boxes that are not ticked are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values(LiteMap<String, String>);

impl Values {
    /// Reads the fields of the submitted form, and keeps the browser from submitting it itself.
    pub fn sent(event: &Event) -> Self {
        event.prevent_default();
        let mut values = LiteMap::new();
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let fields = form.map(|form| form.elements());
        for field in fields.iter().flat_map(|fields| (0..fields.length()).filter_map(|at| fields.item(at))) {
            if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
                if input.type_() != "checkbox" || input.checked() {
                    values.insert(input.name(), input.value());
                }
            } else if let Some(select) = field.dyn_ref::<HtmlSelectElement>() {
                values.insert(select.name(), select.value());
            }
        }
        Self(values)
    }

    /// The trimmed text of a field; empty if there is no such field.
    pub fn text(&self, name: &str) -> &str {
        self.secret(name).trim()
    }

    /// The text of a field exactly as typed: spaces are part of a secret.
    pub fn secret(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The fields whose names begin with `start`, as the rest of their names: of checkboxes, those that are ticked.
    pub fn ticked<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.keys().filter_map(move |name| name.strip_prefix(start))
    }

    /// The trimmed text of a field, unless it is empty.
    pub fn given(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Whether a box is ticked.
    pub fn is_on(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The number in a field; 0 if there is none.
    pub fn number(&self, name: &str) -> u32 {
        self.text(name).parse().unwrap_or_default()
    }
}

/// Sets the text of a field, or ticks a box.
pub fn set(node: &NodeRef, text: &str) {
    if let Some(input) = node.cast::<HtmlInputElement>() {
        if input.type_() == "checkbox" {
            input.set_checked(text == ON);
        } else {
            input.set_value(text);
        }
    } else if let Some(select) = node.cast::<HtmlSelectElement>() {
        select.set_value(text);
    }
}
