//! An address that names no page of ours.

use yew::prelude::*;

use super::PageLink;
use crate::hooks::Navigate;

/// What is wrong.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// In a few words.
    pub title: AttrValue,
    /// In a sentence.
    pub text: AttrValue,
    /// Leads back.
    pub navigate: Navigate,
}

/// The page instead.
#[component]
pub fn WrongPage(props: &Props) -> Html {
    html! {
        <div class="wrong-page">
            <h1>{ &props.title }</h1>
            <p>{ &props.text }</p>
            <p><PageLink href="./" navigate={&props.navigate}>{ "Go to the lobby" }</PageLink></p>
        </div>
    }
}
