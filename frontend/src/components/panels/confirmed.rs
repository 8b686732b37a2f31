//! A button whose request changes a lot: a click shows a question in its place, with a button that says yes.

use yew::prelude::*;

use crate::command::Command;
use crate::components::changing;
use crate::hooks::{use_commands, use_focus, use_focus_back};
use crate::state::Request;
use crate::words;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// The word on the button.
    pub(super) word: &'static str,
    /// The question, or the consequence, as a sentence.
    pub(super) question: AttrValue,
    /// The word on the button that says yes.
    pub(super) yes: AttrValue,
    /// The request to send then.
    pub(super) request: Request,
}

/// The button, or the question. The text of the question stands where the button was, so that the second click of a
/// double click answers nothing.
#[component]
pub(super) fn Confirmed(props: &Props) -> Html {
    let Props { word, question, yes, request } = props;
    let (run, is_asking) = (use_commands(), use_state_eq(|| false));
    let (opener, cancel) = (use_node_ref(), use_node_ref());
    use_focus(&cancel, is_asking.then_some(()));
    use_focus_back(&opener, *is_asking);
    let ask = |next: bool| {
        let is_asking = is_asking.setter();
        Callback::from(move |_: MouseEvent| is_asking.set(next))
    };
    if !*is_asking {
        return html! {
            <button type="button" ref={opener} class="plain" onclick={ask(true)}>{ changing(*word) }</button>
        };
    }
    let onclick = {
        let (run, request, close) = (run, request.clone(), ask(false));
        Callback::from(move |event: MouseEvent| {
            close.emit(event);
            run.emit(Command::Ask(request.clone()));
        })
    };
    html! {
        <span class="acts" role="group" aria-label={question} data-testid="question">
            { changing(question) }
            <button type="button" class="plain" {onclick}>{ changing(yes) }</button>
            <button type="button" ref={cancel} class="plain" onclick={ask(false)}>{ words::CANCEL }</button>
        </span>
    }
}
