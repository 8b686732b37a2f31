//! The conversation's rows: what stands above the first message, days, gaps, messages, and those on their way. Of a long
//! one, those in sight and around; the others are empty space.

use std::ops::Range;

use holdline_shared::Seq;
use yew::prelude::*;

use super::Props;
use super::busy::Busy;
use super::writing::change;
use crate::components::{MessageRow, Quote, plain, sending_row, tag, words};
use crate::hooks::{Reading, Shared};
use crate::state::{Gap, Older, Phase, Room, Row, Sending, rows};

/// What was said. A message that is being changed is drawn wherever it stands: what is typed in it must not be lost.
pub(super) fn view_lines(props: &Props, busy: &Shared<Busy>, reading: &Reading) -> Vec<Html> {
    let room = &props.room;
    let mut content = vec![top(props)];
    let mut done = 0;
    for (number, places) in (1..).zip(drawn(room, busy.get().editing, &reading.drawn)) {
        content.push(space(number, places.start - done, reading.height));
        done = places.end;
        let rows = rows(&room.lines, places, &room.gaps, props.locale.day);
        let last = rows.len();
        content.extend(rows.into_iter().zip(1..).map(|(row, at)| view(props, busy, row, at == last)));
    }
    content.push(space(0, room.lines.len() - done, reading.height));
    content
}

/// The places of the messages to draw, in order.
fn drawn(room: &Room, editing: Option<Seq>, around: &Range<usize>) -> Vec<Range<usize>> {
    let editing = editing.and_then(|seq| room.lines.find(seq).ok());
    let apart = editing.filter(|at| !around.contains(at)).map(|at| at..at + 1);
    let is_above = apart.as_ref().is_some_and(|apart| apart.start < around.start);
    let (above, below) = if is_above { (apart, None) } else { (None, apart) };
    above.into_iter().chain([around.clone()]).chain(below).collect()
}

/// Room for so many messages.
fn space(number: usize, messages: usize, height: i32) -> Html {
    let style = format!("height:{}px", i32::try_from(messages).unwrap_or(i32::MAX).saturating_mul(height));
    tag("div").key(&format!("space-{number}")).set("style", style).end()
}

/// What stands above the first message.
fn top(props: &Props) -> Html {
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
            tag("div|class=empty").with(strong).with(words("span", "", &invitation)).end()
        }
        _ if is_complete => words("p", "faint", &format!("This is the beginning of {name}.")),
        Some(oldest) if room.more => plain(label, format!("load-older {oldest}")),
        None => words("p", "faint", &format!("Opening {name}…")),
        Some(_) => Html::default(),
    };
    tag("div|class=beginning").key("top").with(content).end()
}

/// One row; Tab stops at the last one.
fn view(props: &Props, busy: &Shared<Busy>, row: Row, is_last: bool) -> Html {
    match row {
        Row::Day(at) => {
            let day = words("span", "", &props.locale.day_name(at));
            tag("p|class=day").key(&format!("day-{}", at.0)).with(day).end()
        }
        Row::Gap(gap) => view_gap(gap),
        Row::Message { line, is_first } => {
            let seq = line.message.seq;
            let Busy { active, is_asking, editing, .. } = *busy.get();
            html! {
                <MessageRow
                    key={seq.0}
                    quote={line.message.reply_to.map(|seq| quote(&props.room, seq))}
                    form={editing.filter(|editing| *editing == seq).and_then(|seq| change(props, busy, seq))}
                    is_active={active == Some(seq)}
                    is_asking={active == Some(seq) && is_asking}
                    is_tab_stop={is_last}
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
    tag("p|class=gap|data-testid=gap").key(&format!("gap-{}", gap.before)).with(content).end()
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
