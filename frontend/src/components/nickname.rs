//! Who I am, at the foot of the side bar; a click changes the name.

use holdline_shared::{Nickname, Person};
use yew::prelude::*;

use super::{InlineEdit, Shape, badge, icon};

/// My name.
pub fn nickname(me: Option<&Person>, on_rename: Callback<Nickname>) -> Html {
    let Some(me) = me else {
        return html! { <p class="nickname faint">{ "Finding you a name…" }</p> };
    };
    let on_save = Callback::from(move |text: String| {
        on_rename.emit(Nickname::parse(&text).map_err(|why| why.to_string())?);
        Ok(())
    });
    html! {
        <InlineEdit
            label="Change your name"
            class="nickname"
            testid="nickname"
            value={me.name.as_str().to_owned()}
            {on_save}
        >
            { badge(me) }
            <span class="name" dir="auto">{ me.name.as_str() }</span>
            { icon(Shape::Edit) }
        </InlineEdit>
    }
}
