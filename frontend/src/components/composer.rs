//! Where messages are typed. Takes nothing away: what cannot be sent stays in the field with the reason under it.

use std::rc::Rc;

use holdline_shared::limits::TEXT_GRAPHEMES;
use holdline_shared::{InvalidText, MessageText, RoomName};
use yew::prelude::*;

use super::{Shape, icon};
use crate::api::dom;
use crate::hooks::use_field;
use crate::state::{Line, Locale};

/// From this length on, the field counts.
const NEAR_LIMIT: usize = TEXT_GRAPHEMES - 400;

/// What it needs.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Where to.
    pub room: RoomName,
    /// What was typed at an earlier visit.
    pub draft: AttrValue,
    /// The message that is answered.
    #[prop_or_default]
    pub reply_to: Option<Rc<Line>>,
    /// Whether the field takes the focus when it appears.
    pub takes_focus: bool,
    /// The reader's way of counting.
    pub locale: Locale,
    /// Takes what was typed, to be sent.
    pub on_say: Callback<MessageText>,
    /// Takes what was typed, to be kept.
    pub on_draft: Callback<String>,
    /// Does not answer any more.
    pub on_cancel_reply: Callback<()>,
    /// Changes one's own last message.
    pub on_edit_last: Callback<()>,
}

/// The field.
#[component]
pub fn Composer(props: &Props) -> Html {
    let reply = props.reply_to.as_ref().map(|line| line.message.seq.0);
    let field = use_field(&props.draft, if props.takes_focus { reply.or(Some(0)) } else { reply });
    let length = if field.text.len() < NEAR_LIMIT { 0 } else { (props.locale.count)(&field.text) };
    let set = {
        let (field, on_draft) = (field.clone(), props.on_draft.clone());
        Callback::from(move |typed: String| {
            on_draft.emit(typed.clone());
            field.set(typed);
        })
    };
    let send = {
        let (field, set, on_say) = (field.clone(), set.clone(), props.on_say.clone());
        Callback::from(move |()| {
            let is_too_long = length > TEXT_GRAPHEMES;
            match if is_too_long { Err(InvalidText::TooLong) } else { MessageText::parse(&field.text) } {
                Ok(said) => {
                    set.emit(String::new());
                    on_say.emit(said);
                }
                Err(InvalidText::Empty) => {}
                Err(why) => field.refuse(why.to_string()),
            }
        })
    };
    let onkeydown = {
        let (send, is_empty) = (send.clone(), field.text.is_empty());
        let (edit_last, cancel_reply) = (props.on_edit_last.clone(), props.on_cancel_reply.clone());
        Callback::from(move |event: KeyboardEvent| {
            if dom::is_send_key(&event) {
                event.prevent_default();
                send.emit(());
            } else if is_empty && dom::is_key(&event, "ArrowUp") {
                event.prevent_default();
                edit_last.emit(());
            } else if dom::is_key(&event, "Escape") {
                cancel_reply.emit(());
            }
        })
    };
    let onsubmit = {
        let (send, node) = (send.clone(), field.node.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(());
            dom::focus_node(&node);
        })
    };
    html! {
        <form class="composer" {onsubmit}>
            if let Some(line) = &props.reply_to {
                <p class="replying">
                    <span>{ "Replying to " }<b dir="auto">{ line.message.author.name.as_str() }</b></span>
                    <button
                        type="button"
                        class="tool"
                        aria-label="Do not reply"
                        onclick={props.on_cancel_reply.reform(|_| ())}
                    >
                        { icon(Shape::Close) }
                    </button>
                </p>
            }
            <div class="write">
                <textarea
                    id="composer"
                    ref={&field.node}
                    rows="1"
                    dir="auto"
                    data-testid="composer"
                    aria-label={format!("Message to {}", props.room)}
                    aria-invalid={field.error.is_some().to_string()}
                    placeholder={format!("Message to {}", props.room)}
                    enterkeyhint="send"
                    value={field.text.clone()}
                    oninput={set.reform(|event: InputEvent| dom::typed_text(&event))}
                    {onkeydown}
                />
                <button type="submit" class="send" aria-label="Send" disabled={field.text.trim().is_empty()}>
                    { icon(Shape::Send) }
                </button>
            </div>
            if length >= NEAR_LIMIT {
                <p class={if length > TEXT_GRAPHEMES { "counter error" } else { "counter" }}>
                    { format!("{length} of {TEXT_GRAPHEMES} characters") }
                </p>
            }
            if let Some(why) = &field.error {
                <p class="error" role="alert">{ why }</p>
            }
        </form>
    }
}
