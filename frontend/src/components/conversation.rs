//! The messages of a room, from the oldest that was read to those on their way.

use std::rc::Rc;

use holdline_shared::{Person, PublishKey, Seq};
use yew::prelude::*;

use super::{Intent, MessageRow, Quote, SendingRow, sending_row};
use crate::hooks::use_reading;
use crate::state::{Gap, Line, Locale, Older, Phase, Room, Row, Sending, rows};

/// Which.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is known of it.
    pub room: Rc<Room>,
    /// What is on its way to it.
    pub sendings: Vec<Rc<Sending>>,
    /// Who I am.
    pub me: Option<Person>,
    /// The message that is being changed.
    pub editing: Option<Seq>,
    /// The reader's clock.
    pub locale: Locale,
    /// What the reader wants with a message.
    pub on_intent: Callback<Intent>,
    /// Gets the messages before this one.
    pub on_older: Callback<Seq>,
    /// Sends again.
    pub on_retry: Callback<PublishKey>,
    /// Throws away.
    pub on_discard: Callback<PublishKey>,
    /// The reader is at the newest message, or not any more.
    pub on_end: Callback<bool>,
}

/// The conversation.
#[component]
pub fn Conversation(props: &Props) -> Html {
    let room = &props.room;
    let on_top = {
        let (room, on_older) = (Rc::clone(room), props.on_older.clone());
        Callback::from(move |()| {
            if let Some(oldest) = room.oldest().filter(|_| room.more && room.older == Older::Idle) {
                on_older.emit(oldest);
            }
        })
    };
    let sent = props.sendings.last().map(|sending| sending.request.key);
    let content = (Rc::clone(room), props.sendings.clone(), props.editing);
    let reading = use_reading(content, sent, on_top, props.on_end.clone());
    let is_loading = room.older == Older::Loading;
    html! {
        <div class="conversation">
            <div class="view" ref={&reading.view} onscroll={&reading.on_scroll}>
                <div
                    class="rows"
                    ref={&reading.rows}
                    role="log"
                    aria-live="polite"
                    aria-busy={is_loading.to_string()}
                    aria-label={format!("Messages in {}", props.room.name)}
                >
                    { top(props) }
                    for row in rows(&room.lines, &room.gaps, props.locale.day) {
                        { view(props, row) }
                    }
                    for (at, sending) in props.sendings.iter().enumerate() {
                        { view_sending(props, at, sending) }
                    }
                </div>
            </div>
            if !reading.is_at_end {
                <button type="button" class="jump" data-testid="jump-new" onclick={reading.to_end.reform(|_| ())}>
                    { match room.unread {
                        0 => "To the newest ↓".to_owned(),
                        1 => "1 new message ↓".to_owned(),
                        n => format!("{n} new messages ↓"),
                    } }
                </button>
            }
        </div>
    }
}

/// What stands above the first message.
fn top(props: &Props) -> Html {
    let room = &props.room;
    let name = props.room.name.as_str();
    let oldest = room.oldest();
    let is_empty = oldest.is_none() && props.sendings.is_empty();
    let is_complete = room.phase == Phase::Ready && !room.more;
    let label = match room.older {
        Older::Idle => "Load older messages",
        Older::Loading => "Loading older messages…",
        Older::Failed => "Older messages did not come. Try again",
    };
    let onclick = props.on_older.reform(move |_| oldest.unwrap_or_default());
    html! {
        <div key="top" class="beginning">
            if is_complete && is_empty {
                <p class="empty">
                    <strong>{ "Nothing has been said here yet." }</strong>
                    <span>{ format!("Say something to open {name}; whoever comes will find it.") }</span>
                </p>
            } else if is_complete {
                <p class="faint">{ format!("This is the beginning of {name}.") }</p>
            } else if room.more {
                <button type="button" class="plain" data-testid="load-older" {onclick}>{ label }</button>
            } else if oldest.is_none() {
                <p class="faint">{ format!("Opening {name}…") }</p>
            }
        </div>
    }
}

fn view(props: &Props, row: Row) -> Html {
    match row {
        Row::Day(at) => html! {
            <p key={format!("day-{}", at.0)} class="day"><span>{ props.locale.day_name(at) }</span></p>
        },
        Row::Gap(gap) => view_gap(props, gap),
        Row::Message { line, is_first } => {
            let seq = line.message.seq;
            html! {
                <MessageRow
                    key={seq.0}
                    quote={line.message.reply_to.map(|seq| quote(&props.room, seq))}
                    is_editing={props.editing == Some(seq)}
                    is_tab_stop={props.room.lines.last().is_some_and(|last| Rc::ptr_eq(last, &line))}
                    me={props.me.as_ref().map(|me| me.id.clone())}
                    locale={props.locale}
                    on_intent={&props.on_intent}
                    {line}
                    {is_first}
                />
            }
        }
    }
}

fn view_gap(props: &Props, gap: Gap) -> Html {
    let onclick = props.on_older.reform(move |_| gap.before);
    html! {
        <p key={format!("gap-{}", gap.before)} class="gap" data-testid="gap">
            if gap.is_new_log {
                <span>{ "The server's log was replaced. What was here before is gone." }</span>
            } else {
                <span>{ "Some messages are missing here." }</span>
                <button type="button" class="plain" {onclick}>{ "Load them" }</button>
            }
        </p>
    }
}

fn view_sending(props: &Props, at: usize, sending: &Rc<Sending>) -> Html {
    let Some(me) = &props.me else { return Html::default() };
    let follows_own = match at {
        0 => props.room.lines.last().is_some_and(|last: &Rc<Line>| last.message.author == *me),
        _ => true,
    };
    sending_row(&SendingRow {
        sending,
        is_first: !follows_own || sending.request.reply_to.is_some(),
        quote: sending.request.reply_to.map(|seq| quote(&props.room, seq)),
        me,
        locale: props.locale,
        on_retry: &props.on_retry,
        on_discard: &props.on_discard,
    })
}

fn quote(room: &Room, seq: Seq) -> Quote {
    Quote { seq, line: room.line(seq).cloned() }
}
