//! A room: its messages, from the oldest that was read to those on their way, and the field under them.

mod busy;
mod rows;
mod writing;

use std::rc::Rc;

use holdline_shared::{MessageText, Person, PublishKey, Seq};
use yew::prelude::*;

use self::busy::{Busy, Turn, act};
use self::rows::{view_lines, view_sending};
use self::writing::compose;
use super::{Act, Outdated, notice, tag};
use crate::api::dom;
use crate::hooks::{MessageCall, use_reading, use_shared};
use crate::state::{Locale, Older, Room, Sending};

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
    /// Whether the server is newer than this page.
    pub is_outdated: bool,
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
    let busy = use_shared(Busy::default);
    let (is_asking, was_asking) = (busy.get().is_asking, use_mut_ref(|| false));
    use_effect(move || {
        if !was_asking.replace(is_asking) && is_asking {
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
    let content = (Rc::clone(room), props.sendings.clone(), busy.get().editing);
    let reading = use_reading(content, on_top, props.on_talk.reform(Talk::AtEnd));
    let onclick = {
        let (busy, props, reading) = (busy.clone(), props.clone(), reading.clone());
        Callback::from(move |event: MouseEvent| {
            if let Some(wanted) = dom::act_of(&event).and_then(|text| Act::parse(&text)) {
                act(&props, &busy, &reading, wanted, dom::message_of(&event));
            }
        })
    };
    let at = {
        let busy = busy.clone();
        Callback::from(move |active| busy.dispatch(Turn::At(active)))
    };
    let sendings = props.sendings.iter().enumerate().map(|(at, sending)| view_sending(props, at, sending));
    let rows = tag("div|class=rows|role=log")
        .find_by(&reading.rows)
        .set("aria-live", if reading.is_at_end { "polite" } else { "off" })
        .set_some("aria-busy", (room.older == Older::Loading).then_some("true"))
        .set("aria-label", format!("Messages in {}", room.name))
        .all(view_lines(props, &busy, &reading))
        .all(sendings)
        .end();
    let (view, seen) = (reading.view.clone(), reading.clone());
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
                <div class="view" ref={view} onscroll={move |_| seen.measure()}>
                    { rows }
                </div>
                { if reading.is_at_end { Html::default() } else { jump(room.unread) } }
            </div>
            if props.is_outdated {
                <Outdated on_reload={Callback::from(|()| dom::reload())} />
            }
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
    tag("button|type=button|class=jump|data-testid=jump-new|data-act=end").say(label).end()
}
