//! A room: its conversation and the field under it, or why there is none.

use std::rc::Rc;

use holdline_shared::{MessageText, Person, PublishKey, Seq};
use yew::prelude::*;

use super::{Composer, Conversation, Intent, Navigate, notice, wrong_page};
use crate::api::{dom, scroll};
use crate::hooks::{Drafts, MessageCall};
use crate::state::{Locale, Phase, Room, Sending};

/// Which.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is known of it.
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
    /// Goes to another page.
    pub navigate: Navigate,
    /// Does something to a message.
    pub on_call: Callback<MessageCall>,
    /// Says something.
    pub on_say: Callback<(MessageText, Option<Seq>)>,
    /// Sends again.
    pub on_retry: Callback<PublishKey>,
    /// Throws away.
    pub on_discard: Callback<PublishKey>,
    /// The reader is at the newest message, or not any more.
    pub on_end: Callback<bool>,
    /// The notice was read.
    pub on_close_notice: Callback<()>,
}

/// The room.
#[component]
pub fn RoomView(props: &Props) -> Html {
    let replying = use_state(|| None::<Seq>);
    let editing = use_state(|| None::<Seq>);
    if let Phase::Refused(why) = &props.room.phase {
        return wrong_page(&format!("{} cannot be opened", props.room.name), why, &props.navigate);
    }
    let on_intent = {
        let (replying, editing, on_call) = (replying.clone(), editing.clone(), props.on_call.clone());
        Callback::from(move |intent| match intent {
            Intent::React(seq, emoji, on) => on_call.emit(MessageCall::React(seq, emoji, on)),
            Intent::Reply(seq) => replying.set(Some(seq)),
            Intent::Edit(seq) => {
                editing.set(seq);
                if seq.is_none() {
                    dom::focus("composer");
                }
            }
            Intent::Save(seq, text) => {
                editing.set(None);
                on_call.emit(MessageCall::Edit(seq, text));
                dom::focus("composer");
            }
            Intent::Delete(seq) => {
                on_call.emit(MessageCall::Delete(seq));
                dom::focus("composer");
            }
            Intent::Show(seq) => show(seq),
        })
    };
    let on_say = {
        let (replying, on_say) = (replying.clone(), props.on_say.clone());
        Callback::from(move |text| {
            on_say.emit((text, *replying));
            replying.set(None);
        })
    };
    let on_edit_last = {
        let (room, me, editing) = (Rc::clone(&props.room), props.me.clone(), editing.clone());
        Callback::from(move |()| editing.set(me.as_ref().and_then(|me| room.newest_of(me))))
    };
    let on_draft = {
        let (drafts, name) = (props.drafts.clone(), props.room.name.clone());
        Callback::from(move |text: String| drafts.keep(&name, &text))
    };
    html! {
        <>
            <Conversation
                room={Rc::clone(&props.room)}
                sendings={props.sendings.clone()}
                me={props.me.clone()}
                editing={*editing}
                locale={props.locale}
                {on_intent}
                on_older={props.on_call.reform(MessageCall::Older)}
                on_retry={&props.on_retry}
                on_discard={&props.on_discard}
                on_end={&props.on_end}
            />
            { notice(props.notice.as_deref(), &props.on_close_notice) }
            <Composer
                room={props.room.name.clone()}
                draft={props.drafts.of(&props.room.name)}
                reply_to={replying.and_then(|seq| props.room.line(seq).cloned())}
                takes_focus={dom::has_fine_pointer()}
                locale={props.locale}
                {on_say}
                {on_draft}
                on_cancel_reply={move |()| replying.set(None)}
                {on_edit_last}
            />
        </>
    }
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
