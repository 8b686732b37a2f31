//! Who I am, at the foot of the side bar; a click changes the name.

use holdline_shared::{Nickname, Person};
use yew::prelude::*;

use super::{Badge, Icon, InlineEdit, Shape};

/// Who.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Me, once there is a session.
    pub me: Option<Person>,
    /// Takes another nickname.
    pub on_rename: Callback<Nickname>,
}

/// My name.
#[component]
pub fn NicknameEdit(props: &Props) -> Html {
    let Some(me) = &props.me else {
        return html! { <p class="nickname faint">{ "Finding you a name…" }</p> };
    };
    let on_save = {
        let on_rename = props.on_rename.clone();
        Callback::from(move |text: String| {
            on_rename.emit(Nickname::parse(&text).map_err(|why| why.to_string())?);
            Ok(())
        })
    };
    html! {
        <InlineEdit
            label="Change your name"
            class="nickname"
            testid="nickname"
            value={me.name.as_str().to_owned()}
            {on_save}
        >
            <Badge person={me.clone()} />
            <span class="name" dir="auto">{ me.name.as_str() }</span>
            <Icon shape={Shape::Edit} />
        </InlineEdit>
    }
}
