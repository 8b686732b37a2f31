//! A room: its messages, from the oldest that was read to those on their way, and the field under them.

mod busy;
mod rows;
mod writing;

use std::rc::Rc;

use holdline_shared::{MessageText, Person, PublishKey, Seq};
use yew::prelude::*;

use self::busy::{Busy, Turn, act};
use self::rows::{top, view, view_sending};
use self::writing::compose;
use super::{Act, notice};
use crate::api::dom;
use crate::hooks::{MessageCall, use_reading};
use crate::state::{Locale, Older, Room, Sending, rows};

/// What is shown.
#[derive(Properties, PartialEq, Clone)]
pub struct Props {
    /// What is known of the room.
    pub room: Rc<Room>,
    /// What is on its way to it.
    pub sendings: Vec<Rc<Sending>>,
    /// Who I am.
    pub me: Option<Person>,
    /// What was typed here at an earlier visit and not sent.
    pub draft: AttrValue,
    /// Whether the composer takes the focus.
    pub takes_focus: bool,
    /// Something to tell the reader.
    pub notice: Option<AttrValue>,
    /// The reader's clock.
    pub locale: Locale,
    /// What the reader does.
    pub on_talk: Callback<Talk>,
}

/// What the reader does in a room.
#[derive(Debug, Clone, PartialEq)]
pub enum Talk {
    /// Does something to what is there.
    Call(MessageCall),
    /// Says something, perhaps in answer to a message.
    Say(MessageText, Option<Seq>),
    /// Has typed something that is not sent yet.
    Draft(String),
    /// Sends again what was refused.
    Retry(PublishKey),
    /// Throws it away.
    Discard(PublishKey),
    /// Is at the newest message, or not any more.
    AtEnd(bool),
    /// Has read the notice.
    CloseNotice,
}

/// The conversation.
#[component]
pub fn Conversation(props: &Props) -> Html {
    let busy = use_reducer_eq(Busy::default);
    use_effect_with(busy.is_asking, |is_asking| {
        if *is_asking {
            dom::focus("confirm");
        }
    });
    let room = &props.room;
    let on_top = {
        let (room, on_talk) = (Rc::clone(room), props.on_talk.clone());
        Callback::from(move |()| {
            if let Some(oldest) = room.oldest().filter(|_| room.more && room.older == Older::Idle) {
                on_talk.emit(Talk::Call(MessageCall::Older(oldest)));
            }
        })
    };
    let sent = props.sendings.last().map(|sending| sending.request.key);
    let content = (Rc::clone(room), props.sendings.clone(), busy.editing);
    let reading = use_reading(content, sent, on_top, props.on_talk.reform(Talk::AtEnd));
    let onclick = {
        let (busy, props, to_end) = (busy.clone(), props.clone(), reading.to_end.clone());
        Callback::from(move |event: MouseEvent| {
            if let Some(wanted) = dom::act_of(&event).and_then(|text| Act::parse(&text)) {
                act(&props, &busy, &to_end, wanted, dom::message_of(&event));
            }
        })
    };
    let at = {
        let busy = busy.clone();
        Callback::from(move |active| busy.dispatch(Turn::At(active)))
    };
    html! {
        <div
            class="talk"
            {onclick}
            onmouseover={at.reform(|event: MouseEvent| dom::message_of(&event))}
            onfocusin={at.reform(|event: FocusEvent| dom::message_of(&event))}
            onmouseleave={at.reform(|_| None)}
            onkeydown={|event: KeyboardEvent| dom::walk_messages(&event)}
        >
            <div class="conversation">
                <div class="view" ref={&reading.view} onscroll={&reading.on_scroll}>
                    <div
                        class="rows"
                        ref={&reading.rows}
                        role="log"
                        aria-live="polite"
                        aria-busy={(room.older == Older::Loading).then_some("true")}
                        aria-label={format!("Messages in {}", room.name)}
                    >
                        { top(props) }
                        for row in rows(&room.lines, &room.gaps, props.locale.day) {
                            { view(props, &busy, row) }
                        }
                        for (at, sending) in props.sendings.iter().enumerate() {
                            { view_sending(props, at, sending) }
                        }
                    </div>
                </div>
                { if reading.is_at_end { Html::default() } else { jump(room.unread) } }
            </div>
            { notice(props.notice.as_deref()) }
            { compose(props, &busy) }
        </div>
    }
}

/// The way to the newest message.
fn jump(unread: usize) -> Html {
    let label = match unread {
        0 => "To the newest ↓".to_owned(),
        1 => "1 new message ↓".to_owned(),
        n => format!("{n} new messages ↓"),
    };
    html! { <button type="button" class="jump" data-testid="jump-new" data-act="end">{ label }</button> }
}
