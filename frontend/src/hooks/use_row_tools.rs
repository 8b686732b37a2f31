//! The tools of a message's row: next to the message while the pointer or the focus is on the row, or in a sheet after
//! a touch. Draws nothing.

use yew::prelude::*;

use crate::api::{dom, focus};

/// The state that decides whether a row shows its tools, with the event handlers that change it.
pub struct RowTools {
    row: NodeRef,
    is_pointed_at: UseStateHandle<bool>,
    has_focus: UseStateHandle<bool>,
    has_sheet: UseStateHandle<bool>,
}

/// Returns the state of a row's tools, which are hidden at first.
#[hook]
pub fn use_row_tools(row: &NodeRef) -> RowTools {
    let (is_pointed_at, has_focus, has_sheet) =
        (use_state_eq(|| false), use_state_eq(|| false), use_state_eq(|| false));
    RowTools { row: row.clone(), is_pointed_at, has_focus, has_sheet }
}

impl RowTools {
    /// Whether the focus is on the row or on something in it.
    pub fn has_focus(&self) -> bool {
        *self.has_focus
    }

    /// Whether the tools are to be shown, if the reader can use them.
    pub fn are_wanted(&self) -> bool {
        let is_active = *self.is_pointed_at || *self.has_focus;
        *self.has_sheet || (is_active && !dom::is_touched())
    }

    /// The callback that closes the sheet; `None` if the tools are next to the message.
    pub fn on_close(&self) -> Option<Callback<()>> {
        (*self.has_sheet).then(|| set(&self.has_sheet, false))
    }

    /// Returns the handler for the pointer's move to the row.
    pub fn onmouseenter(&self) -> Callback<MouseEvent> {
        set(&self.is_pointed_at, true)
    }

    /// Returns the handler for the pointer's move away from the row.
    pub fn onmouseleave(&self) -> Callback<MouseEvent> {
        set(&self.is_pointed_at, false)
    }

    /// Returns the handler for the focus's move to the row.
    pub fn onfocusin(&self) -> Callback<FocusEvent> {
        set(&self.has_focus, true)
    }

    /// Returns the handler for the focus's move away from an element of the row.
    pub fn onfocusout(&self) -> Callback<FocusEvent> {
        let (setter, row) = (self.has_focus.setter(), self.row.clone());
        Callback::from(move |event: FocusEvent| {
            if focus::focus_leaves(&event, &row) {
                setter.set(false);
            }
        })
    }

    /// Returns the handler that opens the sheet for a touch of the row itself.
    pub fn onclick(&self) -> Callback<MouseEvent> {
        let setter = self.has_sheet.setter();
        Callback::from(move |event: MouseEvent| {
            if dom::is_touched() && dom::is_on_row(&event) {
                setter.set(true);
            }
        })
    }
}

fn set<E: 'static>(state: &UseStateHandle<bool>, value: bool) -> Callback<E> {
    let setter = state.setter();
    Callback::from(move |_: E| setter.set(value))
}
