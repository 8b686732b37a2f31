//! The conversation's rows: what stands above the first message, days, gaps, messages, and those on their way.

use std::rc::Rc;

use holdline_shared::Seq;
use yew::prelude::*;

use super::Props;
use super::busy::Busy;
use super::writing::change;
use crate::components::{MessageRow, Quote, button, element, plain, sending_row, words};
use crate::state::{Gap, Older, Phase, Room, Row, Sending};

/// What stands above the first message.
pub(super) fn top(props: &Props) -> Html {
    let room = &props.room;
    let name = room.name.as_str();
    let oldest = room.oldest();
    let is_empty = oldest.is_none() && props.sendings.is_empty();
    let is_complete = room.phase == Phase::Ready && !room.more;
    let label = match room.older {
        Older::Idle => "Load older messages",
        Older::Loading => "Loading older messages…",
        Older::Failed => "Older messages did not come. Try again",
    };
    let content = match oldest {
        None if is_complete && is_empty => {
            let strong = words("strong", "", "Nothing has been said here yet.");
            let invitation = format!("Say something to open {name}; whoever comes will find it.");
            element("div", "empty", html! { <>{ strong }{ words("span", "", &invitation) }</> })
        }
        _ if is_complete => words("p", "faint", &format!("This is the beginning of {name}.")),
        Some(oldest) if room.more => button("plain", format!("load-older {oldest}"), None, html! { label }),
        None => words("p", "faint", &format!("Opening {name}…")),
        Some(_) => Html::default(),
    };
    html! { <div key="top" class="beginning">{ content }</div> }
}

/// One row.
pub(super) fn view(props: &Props, busy: &UseReducerHandle<Busy>, row: Row) -> Html {
    match row {
        Row::Day(at) => html! {
            <p key={format!("day-{}", at.0)} class="day">{ words("span", "", &props.locale.day_name(at)) }</p>
        },
        Row::Gap(gap) => view_gap(gap),
        Row::Message { line, is_first } => {
            let seq = line.message.seq;
            html! {
                <MessageRow
                    key={seq.0}
                    quote={line.message.reply_to.map(|seq| quote(&props.room, seq))}
                    form={busy.editing.filter(|editing| *editing == seq).and_then(|seq| change(props, busy, seq))}
                    is_active={busy.active == Some(seq)}
                    is_asking={busy.active == Some(seq) && busy.is_asking}
                    is_tab_stop={props.room.lines.last().is_some_and(|last| Rc::ptr_eq(last, &line))}
                    me={props.me.as_ref().map(|me| me.id.clone())}
                    locale={props.locale}
                    {line}
                    {is_first}
                />
            }
        }
    }
}

fn view_gap(gap: Gap) -> Html {
    let content = if gap.is_new_log {
        words("span", "", "The server's log was replaced. What was here before is gone.")
    } else {
        plain("Some messages are missing here. Load them", format!("older {}", gap.before))
    };
    html! { <p key={format!("gap-{}", gap.before)} class="gap" data-testid="gap">{ content }</p> }
}

/// A message on its way.
pub(super) fn view_sending(props: &Props, at: usize, sending: &Sending) -> Html {
    let Some(me) = &props.me else { return Html::default() };
    let quote = sending.request.reply_to.map(|seq| quote(&props.room, seq));
    let follows_own = at > 0 || props.room.lines.last().is_some_and(|last| last.message.author == *me);
    sending_row(sending, !follows_own || quote.is_some(), quote.as_ref(), me, props.locale)
}

fn quote(room: &Room, seq: Seq) -> Quote {
    Quote { seq, line: room.line(seq).cloned() }
}
