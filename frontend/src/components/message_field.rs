//! A field for a message, new or edited: several lines, of limited length. The state keeps what is typed, so that
//! nothing is lost; an invalid text stays, with the reason below it.

use holdline_shared::limits::{TEXT_BYTES, TEXT_GRAPHEMES};
use holdline_shared::{InvalidText, MessageText};
use yew::prelude::*;

use crate::api::{dom, focus};
use crate::hooks::use_locale;
use crate::words;

/// The length in bytes from which the field counts characters: a shorter text is far from the limit.
const NEAR_LIMIT: usize = TEXT_GRAPHEMES - 400;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The field's name for the page, tests and the style sheet.
    pub id: &'static str,
    /// The label, also shown in the field while it is empty.
    pub label: AttrValue,
    /// The text in the field.
    pub text: AttrValue,
    /// The field's element.
    pub node: NodeRef,
    /// The reason why sending is blocked at the moment; the typed text stays.
    #[prop_or_default]
    pub held: Option<AttrValue>,
    /// The callback for a changed text.
    pub on_change: Callback<String>,
    /// The callback that receives the text when it is sent.
    pub on_send: Callback<MessageText>,
    /// The callback for Esc.
    pub on_cancel: Callback<()>,
    /// The callback for the up arrow in an empty field.
    #[prop_or_default]
    pub on_up: Callback<()>,
    /// The buttons beside it.
    pub children: Html,
}

/// The field.
#[component]
pub fn MessageField(props: &Props) -> Html {
    let Props { id, label, text, node, held, on_change, on_send, on_cancel, on_up, children } = props;
    let locale = use_locale();
    let error = use_state_eq(|| None::<String>);
    {
        let node = node.clone();
        use_effect_with(text.clone(), move |_| dom::fit_height(&node));
    }
    let send = {
        let (node, error, on_send) = (node.clone(), error.setter(), on_send.clone());
        let is_held = held.is_some();
        Callback::from(move |()| {
            if is_held {
                return;
            }
            // Reads the element and not the state: on a busy page, keys come faster than renders.
            let text = dom::text_in(&node);
            match check(&text, locale.count) {
                Ok(text) => {
                    dom::clear(&node);
                    on_send.emit(text);
                }
                Err(why) => error.set(why),
            }
        })
    };
    let oninput = {
        let (error, on_change) = (error.setter(), on_change.clone());
        Callback::from(move |event: InputEvent| {
            error.set(None);
            on_change.emit(dom::typed_text(&event));
        })
    };
    let onkeydown = {
        let (send, on_cancel, on_up, is_empty) =
            (send.clone(), on_cancel.clone(), on_up.clone(), text.is_empty());
        Callback::from(move |event: KeyboardEvent| {
            // An on-screen keyboard has no Shift+Enter: on a touch screen the button sends, or Ctrl+Enter.
            let is_meant = event.ctrl_key() || event.meta_key() || !(event.shift_key() || dom::is_touched());
            if dom::is_key(&event, "Enter") && is_meant {
                event.prevent_default();
                send.emit(());
            } else if dom::is_key(&event, "Escape") {
                on_cancel.emit(());
            } else if dom::is_key(&event, "ArrowUp") && is_empty {
                event.prevent_default();
                on_up.emit(());
            }
        })
    };
    let onsubmit = {
        let node = node.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(());
            focus::focus(&node);
        })
    };
    // Counting is slow, and a text with too many bytes is too long in any case.
    let counts = text.len() >= NEAR_LIMIT && text.len() <= TEXT_BYTES;
    let length = if counts { (locale.count)(text) } else { 0 };
    let is_too_long = length > TEXT_GRAPHEMES || text.len() > TEXT_BYTES;
    let about_length = if counts {
        Some(words::characters(length, TEXT_GRAPHEMES))
    } else {
        is_too_long.then(|| words::too_long(TEXT_GRAPHEMES))
    };
    let under_id = format!("{id}-error");
    html! {
        <form class={classes!("message-field", format!("{id}-field"))} {onsubmit}>
            <div class="write">
                <textarea
                    id={*id}
                    ref={node}
                    class={classes!("field", is_mixed(text).then_some("mixed"))}
                    rows="1"
                    dir="auto"
                    data-testid={*id}
                    aria-label={label}
                    aria-invalid={error.is_some().then_some("true")}
                    aria-describedby={error.is_some().then(|| under_id.clone())}
                    placeholder={label}
                    value={text}
                    {oninput}
                    {onkeydown}
                />
                { children.clone() }
            </div>
            // The keys give each text its own element: a browser that translates pages replaces text nodes.
            if let Some(why) = &*error {
                <p key={why.as_str()} class="error" role="alert" id={under_id}>{ why }</p>
            } else if let Some(why) = held {
                <p key={why.as_str()} class="counter" data-testid="held">{ why }</p>
            } else if let Some(text) = &about_length {
                <p key={text.as_str()} class={classes!("counter", is_too_long.then_some("error"))}>{ text }</p>
            }
        </form>
    }
}

/// Whether the paragraphs of a text may have different directions: whether it has Hebrew, Arabic or related letters. A
/// text that is too long is drawn in one direction: browsers are slow to find the direction of each paragraph.
fn is_mixed(text: &str) -> bool {
    text.len() <= TEXT_BYTES && text.contains(is_right_to_left)
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// Removes the invisible control characters that come with text copied from terminals and documents, and turns other
/// kinds of line breaks into the one that messages have.
fn without_controls(text: &str) -> String {
    let text = text.replace(['\u{B}', '\u{C}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
}

/// Returns the message of a text, or the problem with it; no problem is named for an empty one.
fn check(text: &str, count: fn(&str) -> usize) -> Result<MessageText, Option<String>> {
    let is_long = text.len() > TEXT_BYTES || (text.len() > TEXT_GRAPHEMES && count(text) > TEXT_GRAPHEMES);
    if is_long {
        return Err(Some(words::too_long(TEXT_GRAPHEMES)));
    }
    MessageText::parse(&without_controls(text)).map_err(|why| match why {
        InvalidText::Empty => None,
        why => Some(words::sentence(&why.to_string())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_directions_unless_it_is_too_long() {
        assert!(is_mixed("a\nשלום") && is_mixed("ماذا؟"));
        assert!(!is_mixed("") && !is_mixed("Grüße 日本 👍") && !is_mixed(&"ש".repeat(TEXT_BYTES)));
    }

    #[test]
    fn text_is_taken_as_it_was_meant() {
        let chars = |text: &str| text.chars().count();
        assert_eq!(check("a\u{B}b\u{C}c\u{1B}[0m", chars).unwrap().as_str(), "a\nb\nc[0m");
        assert_eq!(check(" \n", chars), Err(None), "nothing to say about nothing");
        assert!(check(&"a".repeat(TEXT_GRAPHEMES + 1), chars).unwrap_err().unwrap().contains("at most"));
        let huge = "é".repeat(TEXT_BYTES);
        assert!(check(&huge, |_| panic!("counting a huge text is slow")).is_err());
    }
}
