//! The reader's own name, at the foot of the side bar; a click changes it.

use holdline_shared::{Nickname as Name, Person};
use yew::prelude::*;

use super::{LineField, Shape, badge, icon};
use crate::command::Command;
use crate::hooks::{use_commands, use_focus_back};
use crate::state::Overlay;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The reader, once there is a session.
    pub me: Option<Person>,
    /// Whether the name is being changed.
    pub is_open: bool,
}

/// The name.
#[component]
pub fn Nickname(props: &Props) -> Html {
    let run = use_commands();
    let button = use_node_ref();
    use_focus_back(&button, props.is_open);
    let Some(me) = &props.me else {
        return html! { <p class="nickname faint">{ words::FINDING_A_NAME }</p> };
    };
    if props.is_open {
        let on_cancel = run.reform(|()| Command::Open(Overlay::Nothing));
        let on_save = {
            let (run, before, cancel) = (run, me.name.clone(), on_cancel.clone());
            Callback::from(move |text: String| {
                let name = Name::parse(&text).map_err(|why| why.to_string())?;
                if name == before {
                    cancel.emit(());
                } else {
                    run.emit(Command::Rename(name));
                }
                Ok(())
            })
        };
        let text = me.name.as_str().to_owned();
        return html! {
            <div class="nickname">
                <LineField id="nickname-input" label={words::CHANGE_NAME} {text} {on_cancel} {on_save} />
            </div>
        };
    }
    let onclick = run.reform(|_: MouseEvent| Command::Open(Overlay::Nickname));
    html! {
        <button type="button" ref={button} class="nickname" data-testid="nickname" title={words::CHANGE_NAME} {onclick}>
            { badge(me) }
            <span class="name" dir="auto" translate="no">{ me.name.as_str().to_owned() }</span>
            { icon(Shape::Edit) }
        </button>
    }
}
