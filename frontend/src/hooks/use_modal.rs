//! A modal dialog that is open as long as its component exists.

use yew::prelude::*;

use crate::api::focus::{self, WayBack};

/// Opens the dialog, which takes the focus, and returns the focus when the component is removed. Opens a dialog anew when
/// its label changes: the reader may have closed it just before it received other content.
#[hook]
pub fn use_modal(dialog: &NodeRef, label: &AttrValue) {
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            let way_back = WayBack::from_here();
            move || {
                if focus::close_dialog(&dialog) {
                    way_back.go();
                }
            }
        });
    }
    let dialog = dialog.clone();
    use_effect_with(label.clone(), move |_| focus::open_dialog(&dialog));
}
