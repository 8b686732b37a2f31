//! Who I am, at the foot of the side bar; a click changes the name.

use holdline_shared::Person;
use yew::prelude::*;

use super::{FieldKind, InlineEdit, Shape, all, badge, icon, inline_edit, words};
use crate::state::Locale;

static FIELD: FieldKind = FieldKind {
    class: "inline-edit open nickname",
    name: "nickname-input",
    is_message: false,
    saves_on_blur: true,
};

/// My name, once there is a session.
pub fn nickname(
    me: Option<&Person>,
    is_open: bool,
    locale: Locale,
    on_done: Callback<Option<String>, Result<(), String>>,
) -> Html {
    let Some(me) = me else {
        return words("p", "nickname faint", "Finding you a name…");
    };
    let children = all(vec![badge(me), words("span", "name", me.name.as_str()), icon(Shape::Edit)]);
    let (text, label) = (me.name.as_str(), "Change your name");
    inline_edit(InlineEdit {
        name: "nickname",
        kind: &FIELD,
        label,
        text,
        is_open,
        locale,
        on_done,
        children,
    })
}
