//! A link to a page of ours: an ordinary address, so that it can be copied and opened in another tab, that does not
//! load the page anew when it is simply clicked.

use yew::prelude::*;

use crate::api::dom;
use crate::hooks::Navigate;

/// Where to and how it looks.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The address, relative to the base.
    pub href: AttrValue,
    /// Goes there.
    pub navigate: Navigate,
    /// What the style sheet calls it.
    #[prop_or_default]
    pub class: Classes,
    /// `aria-current`, for the page that is on the screen.
    #[prop_or_default]
    pub is_current: bool,
    /// For tests: what it is, and of which room.
    #[prop_or_default]
    pub testid: Option<AttrValue>,
    /// The room.
    #[prop_or_default]
    pub room: Option<AttrValue>,
    /// What it says.
    pub children: Html,
}

/// The link.
#[component]
pub fn PageLink(props: &Props) -> Html {
    let (href, navigate) = (props.href.clone(), props.navigate.clone());
    let onclick = Callback::from(move |event: MouseEvent| {
        if dom::is_plain_click(&event) {
            event.prevent_default();
            navigate.emit(href.to_string());
        }
    });
    let current = props.is_current.then_some("page");
    html! {
        <a
            href={&props.href}
            class={props.class.clone()}
            aria-current={current}
            data-testid={props.testid.clone()}
            data-room={props.room.clone()}
            {onclick}
        >
            { props.children.clone() }
        </a>
    }
}
