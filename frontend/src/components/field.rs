//! A field in which something is typed, short or long: the composer, the change of a message, a nickname, a topic, a
//! new room. Enter submits; what cannot be taken stays in the field with the reason under it.

use holdline_shared::limits::TEXT_GRAPHEMES;
use yew::prelude::*;

use super::{Shape, icon, tag, words};
use crate::api::dom;
use crate::hooks::use_field;
use crate::state::Locale;

/// From this length on, a field of a message counts.
const NEAR_LIMIT: usize = TEXT_GRAPHEMES - 400;

/// What it is like.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldKind {
    /// What the style sheet calls the form around it.
    pub class: &'static str,
    /// By which the page and tests find it.
    pub name: &'static str,
    /// Whether it takes a message: several lines, of limited length, sent by a button, too.
    pub is_message: bool,
    /// Whether leaving it submits, too.
    pub saves_on_blur: bool,
}

/// What happens in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldEvent {
    /// Enter, or the button. After that the field is empty.
    Submit(String),
    /// It says something else now.
    Change(String),
    /// Esc.
    Cancel,
    /// Arrow up, while it is empty.
    Up,
}

/// Takes what happens; what it does not take, it gives a reason for.
pub type OnField = Callback<FieldEvent, Result<(), String>>;

/// Which field, and where it begins.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What it is like.
    pub kind: &'static FieldKind,
    /// What it is called, also shown in it as long as it is empty.
    pub label: AttrValue,
    /// What it says at first.
    #[prop_or_default]
    pub text: AttrValue,
    /// Takes the focus when this changes to something.
    #[prop_or_default]
    pub focus: Option<u64>,
    /// The reader's way of counting.
    pub locale: Locale,
    /// Hears what happens.
    pub on: OnField,
}

/// The field.
#[component]
pub fn Field(props: &Props) -> Html {
    let kind = props.kind;
    let field = use_field(&props.text, props.focus);
    let (text, error) = field.state.get().clone();
    let counts = kind.is_message && text.len() >= NEAR_LIMIT;
    let length = if counts { (props.locale.count)(&text) } else { 0 };
    let act = {
        let (field, on, count) = (field.clone(), props.on.clone(), props.locale.count);
        Callback::from(move |event: FieldEvent| match event {
            FieldEvent::Submit(_) => {
                // What stands in the field counts: on a busy page keys come faster than it is drawn.
                let text = dom::text_in(&field.node);
                if kind.is_message && text.len() > TEXT_GRAPHEMES && count(&text) > TEXT_GRAPHEMES {
                    field.refuse(text, format!("a message has at most {TEXT_GRAPHEMES} characters"));
                    return;
                }
                match on.emit(FieldEvent::Submit(text.clone())) {
                    Ok(()) => {
                        dom::clear(&field.node);
                        field.set(String::new());
                    }
                    Err(why) => field.refuse(text, why),
                }
            }
            FieldEvent::Change(text) => {
                field.set(text.clone());
                // A change cannot be refused; what is wrong with it is said when it is submitted.
                let _ = on.emit(FieldEvent::Change(text));
            }
            other => {
                let _ = on.emit(other);
            }
        })
    };
    let onkeydown = {
        let (act, node) = (act.clone(), field.node.clone());
        Callback::from(move |event: KeyboardEvent| {
            if dom::is_send_key(&event) {
                event.prevent_default();
                act.emit(FieldEvent::Submit(String::new()));
            } else if dom::is_key(&event, "Escape") {
                act.emit(FieldEvent::Cancel);
            } else if dom::is_key(&event, "ArrowUp") && dom::text_in(&node).is_empty() {
                event.prevent_default();
                act.emit(FieldEvent::Up);
            }
        })
    };
    let onblur = kind.saves_on_blur.then(|| act.reform(|_: FocusEvent| FieldEvent::Submit(String::new())));
    let onsubmit = {
        let (act, node) = (act.clone(), field.node.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            act.emit(FieldEvent::Submit(String::new()));
            dom::focus_node(&node);
        })
    };
    let under: Html = [
        counts.then(|| {
            let class = if length > TEXT_GRAPHEMES { "counter error" } else { "counter" };
            words("p", class, &format!("{length} of {TEXT_GRAPHEMES} characters"))
        }),
        error.as_ref().map(|why| tag("div|role=alert").with(words("p", "error", why)).end()),
    ]
    .into_iter()
    .flatten()
    .collect();
    html! {
        <form class={kind.class} {onsubmit}>
            <div class="write">
                <textarea
                    id={kind.name}
                    ref={&field.node}
                    class="field"
                    rows="1"
                    dir="auto"
                    data-testid={kind.name}
                    aria-label={&props.label}
                    aria-invalid={error.is_some().then_some("true")}
                    placeholder={&props.label}
                    enterkeyhint="send"
                    value={text.clone()}
                    oninput={act.reform(|event: InputEvent| FieldEvent::Change(dom::typed_text(&event)))}
                    {onkeydown}
                    {onblur}
                />
                if kind.is_message {
                    <button type="submit" class="send" aria-label="Send" disabled={text.trim().is_empty()}>
                        { icon(Shape::Send) }
                    </button>
                }
            </div>
            { under }
        </form>
    }
}
