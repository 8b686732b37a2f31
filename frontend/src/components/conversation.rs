//! A room: its messages, from the oldest that was read to those on their way, and the field under them.

use std::rc::Rc;

use holdline_shared::{InvalidText, MessageText, Person, PublishKey, Seq};
use yew::prelude::*;

use super::{
    Act, Composer, FieldEvent, MessageRow, OnField, Quote, button, composer, edit_form, element, notice,
    plain, sending_row, words,
};
use crate::api::{dom, scroll};
use crate::hooks::{Drafts, MessageCall, use_reading};
use crate::state::{Gap, Locale, Older, Phase, Room, Row, Sending, rows};

/// What is shown.
#[derive(Properties, PartialEq, Clone)]
pub struct Props {
    /// What is known of the room.
    pub room: Rc<Room>,
    /// What is on its way to it.
    pub sendings: Vec<Rc<Sending>>,
    /// Who I am.
    pub me: Option<Person>,
    /// What was typed here and not sent.
    pub drafts: Drafts,
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
    /// Sends again what was refused.
    Retry(PublishKey),
    /// Throws it away.
    Discard(PublishKey),
    /// Is at the newest message, or not any more.
    AtEnd(bool),
    /// Has read the notice.
    CloseNotice,
}

/// What the reader is busy with. A reducer, because events may come before what the last one changed is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Busy {
    /// The message under the mouse or with the focus.
    active: Option<Seq>,
    /// Whether deleting it waits for a yes.
    is_asking: bool,
    /// The message that is being answered.
    replying: Option<Seq>,
    /// The message that is being changed.
    editing: Option<Seq>,
}

/// What the reader turns to.
enum Turn {
    /// A message, or none.
    At(Option<Seq>),
    /// Deleting it, or not after all.
    Ask(bool),
    /// Answering a message.
    Reply(Option<Seq>),
    /// Changing one.
    Edit(Option<Seq>),
}

impl Reducible for Busy {
    type Action = Turn;

    fn reduce(self: Rc<Self>, turn: Turn) -> Rc<Self> {
        let mut busy = *self;
        match turn {
            Turn::At(active) => {
                busy.is_asking &= busy.active == active;
                busy.active = active;
            }
            Turn::Ask(is_asking) => busy.is_asking = is_asking,
            Turn::Reply(replying) => busy.replying = replying,
            Turn::Edit(editing) => busy.editing = editing,
        }
        Rc::new(busy)
    }
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

/// Does what a click asked for, at the message `seq`.
fn act(props: &Props, busy: &UseReducerHandle<Busy>, to_end: &Callback<()>, act: Act, seq: Option<Seq>) {
    let talk = match (act, seq) {
        (Act::React(emoji), Some(seq)) => {
            let (line, me) = (props.room.line(seq), props.me.as_ref());
            let has = line.zip(me).is_some_and(|(line, me)| line.message.has_reaction(&emoji, &me.id));
            Talk::Call(MessageCall::React(seq, emoji, !has))
        }
        (Act::Delete, Some(seq)) => Talk::Call(MessageCall::Delete(seq)),
        (Act::Older(seq), _) => Talk::Call(MessageCall::Older(seq)),
        (Act::Retry(key), _) => Talk::Retry(key),
        (Act::Discard(key), _) => Talk::Discard(key),
        (Act::CloseNotice, _) => Talk::CloseNotice,
        (Act::Show(seq), _) => return show(seq),
        (Act::ToEnd, _) => return to_end.emit(()),
        (Act::Reply, seq) => return busy.dispatch(Turn::Reply(seq)),
        (Act::Unreply, _) => return busy.dispatch(Turn::Reply(None)),
        (Act::Edit, seq) => return busy.dispatch(Turn::Edit(seq)),
        (other, _) => return busy.dispatch(Turn::Ask(other == Act::Ask)),
    };
    props.on_talk.emit(talk);
}

fn compose(props: &Props, busy: &UseReducerHandle<Busy>) -> Html {
    let name = &props.room.name;
    let on: OnField = {
        let (props, busy) = (props.clone(), busy.clone());
        Callback::from(move |event| {
            match event {
                FieldEvent::Submit(text) => match MessageText::parse(&text) {
                    Ok(said) => {
                        props.drafts.keep(&props.room.name, "");
                        props.on_talk.emit(Talk::Say(said, busy.replying));
                        busy.dispatch(Turn::Reply(None));
                    }
                    Err(InvalidText::Empty) => {}
                    Err(why) => return Err(why.to_string()),
                },
                FieldEvent::Change(text) => props.drafts.keep(&props.room.name, &text),
                FieldEvent::Cancel => busy.dispatch(Turn::Reply(None)),
                FieldEvent::Up => {
                    busy.dispatch(Turn::Edit(props.me.as_ref().and_then(|me| props.room.newest_of(me))));
                }
            }
            Ok(())
        })
    };
    let reply_to = busy.replying.and_then(|seq| props.room.line(seq));
    let (draft, takes_focus) = (props.drafts.of(name), !dom::is_touched());
    composer(Composer { room: name, draft, reply_to, takes_focus, locale: props.locale, on })
}

/// The form in the place of the message that is being changed.
fn change(props: &Props, busy: &UseReducerHandle<Busy>, seq: Seq) -> Option<Html> {
    let text = props.room.line(seq)?.message.text.clone()?;
    let on: OnField = {
        let (on_talk, busy, before) = (props.on_talk.clone(), busy.clone(), text.clone());
        Callback::from(move |event| {
            match event {
                FieldEvent::Change(_) | FieldEvent::Up => return Ok(()),
                FieldEvent::Cancel => {}
                FieldEvent::Submit(text) => {
                    let text = MessageText::parse(&text).map_err(|why| why.to_string())?;
                    if text != before {
                        on_talk.emit(Talk::Call(MessageCall::Edit(seq, text)));
                    }
                }
            }
            busy.dispatch(Turn::Edit(None));
            dom::focus("composer");
            Ok(())
        })
    };
    Some(edit_form(text.as_str(), props.locale, on))
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
            element("div", "empty", html! { <>{ strong }{ words("span", "", &invitation) }</> })
        }
        _ if is_complete => words("p", "faint", &format!("This is the beginning of {name}.")),
        Some(oldest) if room.more => button("plain", format!("load-older {oldest}"), None, html! { label }),
        None => words("p", "faint", &format!("Opening {name}…")),
        Some(_) => Html::default(),
    };
    html! { <div key="top" class="beginning">{ content }</div> }
}

fn view(props: &Props, busy: &UseReducerHandle<Busy>, row: Row) -> Html {
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

fn view_sending(props: &Props, at: usize, sending: &Sending) -> Html {
    let Some(me) = &props.me else { return Html::default() };
    let quote = sending.request.reply_to.map(|seq| quote(&props.room, seq));
    let follows_own = at > 0 || props.room.lines.last().is_some_and(|last| last.message.author == *me);
    sending_row(sending, !follows_own || quote.is_some(), quote.as_ref(), me, props.locale)
}

fn quote(room: &Room, seq: Seq) -> Quote {
    Quote { seq, line: room.line(seq).cloned() }
}

/// Goes to a message, or to the oldest that is here, from where older ones come by themselves.
fn show(seq: Seq) {
    let id = format!("m-{seq}");
    if scroll::show(&id) {
        dom::focus(&id);
    } else {
        scroll::show_first("m-");
    }
}
