//! The fields of a form: what stands in them when it is sent, and what they begin with. The browser keeps what is typed;
//! nothing of a form is the page's state.

use litemap::LiteMap;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlFormElement, HtmlInputElement, HtmlSelectElement};
use yew::NodeRef;

/// The word for a box that is ticked.
pub const ON: &str = "on";

/// The texts of a form's fields by their names; boxes that are not ticked are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values(LiteMap<String, String>);

impl Values {
    /// The fields of the form that is sent, which the browser is kept from sending.
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

    /// The text of a field, without space around it; empty for one that is not there.
    pub fn text(&self, name: &str) -> &str {
        self.secret(name).trim()
    }

    /// The text of a field as it was typed: spaces belong to a secret.
    pub fn secret(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The boxes that are ticked and whose names begin so: the rest of their names.
    pub fn ticked<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.keys().filter_map(move |name| name.strip_prefix(start))
    }

    /// The text of a field, unless that is empty.
    pub fn given(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Whether a box is ticked.
    pub fn is_on(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The number in a field; 0 for none.
    pub fn number(&self, name: &str) -> u32 {
        self.text(name).parse().unwrap_or_default()
    }
}

/// Puts a text into a field, or ticks a box.
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
