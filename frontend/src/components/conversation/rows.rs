//! The rows of a conversation: the top, days, gaps, messages, and messages on their way. In a long conversation, only
//! the rows in and near the view; the others are empty space.

use std::ops::Range;
use std::rc::Rc;

use holdline_shared::{Entry, Seq};
use yew::prelude::*;

use super::props::Props;
use crate::command::Command;
use crate::components::{MessageRow, Quote, SendingRow, changing, time, welcome};
use crate::hooks::Reading;
use crate::state::{Gap, Locale, Older, Phase, Progress, Room, Row, Sending, rows};
use crate::words;

/// Draws the messages of the log. A message being edited is always drawn, wherever it is: the text typed for it must
/// not be lost.
pub(super) fn view_lines(
    props: &Props,
    reading: &Reading,
    run: &Callback<Command>,
    locale: Locale,
) -> Vec<Html> {
    let (room, ui) = (&props.room, &props.ui);
    let editing = ui.writing.edit.as_ref().map(|edit| edit.seq);
    let mut content = vec![view_top(props, run)];
    let mut done = 0;
    for (number, places) in (1..).zip(drawn(room, editing, &reading.drawn)) {
        content.push(space(number, places.start - done, reading.height));
        done = places.end;
        let rows = rows(&room.lines, places, &room.gaps, &room.notices, ui.new_from, locale.day);
        let last = rows.iter().rposition(|row| matches!(row, Row::Message { .. }));
        let rows = rows.into_iter().enumerate();
        content.extend(rows.map(|(at, row)| view(props, row, Some(at) == last, run, locale)));
    }
    content.push(space(0, room.lines.len() - done, reading.height));
    content
}

/// Returns the indexes of the messages to draw, in order.
fn drawn(room: &Room, editing: Option<Seq>, around: &Range<usize>) -> Vec<Range<usize>> {
    let editing = editing.and_then(|seq| room.lines.find(seq).ok());
    let apart = editing.filter(|at| !around.contains(at)).map(|at| at..at + 1);
    let is_above = apart.as_ref().is_some_and(|apart| apart.start < around.start);
    let (above, below) = if is_above { (apart, None) } else { (None, apart) };
    above.into_iter().chain([around.clone()]).chain(below).collect()
}

/// Empty space for this many messages. An SVG, because it can have a height without a style attribute, which the page's
/// policy forbids.
fn space(number: usize, messages: usize, height: i32) -> Html {
    let height = i32::try_from(messages).unwrap_or(i32::MAX).saturating_mul(height);
    html! { <svg key={format!("space-{number}")} class="space" height={height.to_string()} aria-hidden="true" /> }
}

/// Draws the row above the first message.
fn view_top(props: &Props, run: &Callback<Command>) -> Html {
    let room = &props.room;
    let name = props.title.as_str();
    let is_empty = room.oldest().is_none() && props.sendings.is_empty();
    let is_complete = room.phase == Phase::Ready && !room.more;
    let label = match room.older {
        Older::Idle => words::LOAD_OLDER,
        Older::Loading => words::LOADING_OLDER,
        Older::Failed => words::OLDER_FAILED,
    };
    // A different key than before the messages arrived: the same element would be seen moving.
    let key = if room.oldest().is_none() && !is_complete { "opening" } else { "top" };
    html! {
        <div class="beginning" {key}>
            if is_complete && is_empty {
                { welcome(name, props.standing.policy.visibility, props.session.me.as_ref()) }
            } else if is_complete {
                <p class="faint">{ changing(words::beginning_of(name, props.standing.policy.visibility)) }</p>
            } else if let Some(oldest) = room.oldest() {
                if room.more {
                    <button
                        type="button"
                        class="plain"
                        data-testid="load-older"
                        onclick={load_before(room, oldest, run)}
                    >
                        { changing(label) }
                    </button>
                }
            } else {
                <p class="faint">{ changing(words::opening(name)) }</p>
            }
        </div>
    }
}

fn load_before(room: &Room, before: Seq, run: &Callback<Command>) -> Callback<MouseEvent> {
    let name = room.name.clone();
    run.reform(move |_| Command::LoadOlder(name.clone(), before))
}

/// A row; Tab stops at the last one.
fn view(props: &Props, row: Row, is_last: bool, run: &Callback<Command>, locale: Locale) -> Html {
    let Props { room, ui, session, profiles, .. } = props;
    match row {
        Row::Day(at) => html! {
            <p class="day" key={format!("day-{}", at.0)}>{ changing(locale.day_name(at)) }</p>
        },
        Row::Gap(gap) => view_gap(room, gap, run),
        Row::New => html! { <p class="new" key="new" data-testid="new"><span>{ words::NEW }</span></p> },
        Row::Notice(entry) => view_notice(&entry, locale),
        Row::Message { line, is_first } => {
            let seq = line.message.seq;
            let edit = ui.writing.edit.as_ref().filter(|edit| edit.seq == seq);
            html! {
                <MessageRow
                    key={seq.0}
                    room={room.name.clone()}
                    quote={line.message.reply_to.map(|answered| quote(room, answered, Some(seq)))}
                    edit={edit.map(|edit| AttrValue::from(edit.text.clone()))}
                    is_deleting={ui.deleting == Some(seq)}
                    is_answered={ui.writing.reply_to == Some(seq)}
                    is_tab_stop={is_last}
                    mark={profiles.mark(&line.message.author)}
                    powers={props.powers}
                    me={session.id().cloned()}
                    {line}
                    {is_first}
                />
            }
        }
    }
}

/// A notice.
fn view_notice(entry: &Entry, locale: Locale) -> Html {
    html! {
        <p class="notice" key={format!("notice-{}", entry.seq)} data-testid="room-notice">
            <span dir="auto">{ words::notice(entry).map(changing) }</span>
            { time("", entry.at, locale) }
        </p>
    }
}

fn view_gap(room: &Room, gap: Gap, run: &Callback<Command>) -> Html {
    html! {
        <p class="gap" key={format!("gap-{}", gap.before)} data-testid="gap">
            if gap.is_new_log {
                <span>{ words::NEW_LOG }</span>
            } else {
                <button type="button" class="plain" onclick={load_before(room, gap.before, run)}>
                    { words::GAP }
                </button>
            }
        </p>
    }
}

/// A message on its way.
pub(super) fn view_sending(props: &Props, at: usize, sending: &Rc<Sending>) -> Html {
    let Some(me) = &props.session.me else { return Html::default() };
    let quote = sending.request.reply_to.map(|seq| quote(&props.room, seq, None));
    // The message that waits; those after it wait for it.
    let is_next = props.sendings.iter().position(|item| item.progress == Progress::Pending) == Some(at);
    let follows_own = at > 0 || props.room.lines.last().is_some_and(|last| last.message.author == *me);
    html! {
        <SendingRow
            key={sending.request.key.to_string()}
            sending={Rc::clone(sending)}
            me={me.clone()}
            mark={props.profiles.mark(me)}
            is_first={!follows_own || quote.is_some()}
            {quote}
            delay={props.delay.clone()}
            {is_next}
        />
    }
}

fn quote(room: &Room, seq: Seq, from: Option<Seq>) -> Quote {
    Quote { seq, line: room.line(seq).cloned(), from }
}
