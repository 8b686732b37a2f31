//! A modal dialog that is open as long as its component exists.

use yew::prelude::*;

use crate::api::focus::{self, WayBack};

/// Opens the dialog, which takes the focus, and returns the focus when the component is removed.
#[hook]
pub fn use_modal(dialog: &NodeRef) {
    let dialog = dialog.clone();
    use_effect_with((), move |()| {
        let way_back = WayBack::from_here();
        focus::open_dialog(&dialog);
        move || {
            if focus::close_dialog(&dialog) {
                way_back.go();
            }
        }
    });
}
