//! The conversation's two fields: the composer, and the form in the place of a message that is being changed.

use holdline_shared::{InvalidText, MessageText, Seq};
use yew::prelude::*;

use super::busy::{Busy, Turn};
use super::{Props, Talk};
use crate::api::dom;
use crate::components::{Composer, FieldEvent, OnField, composer, edit_form};
use crate::hooks::{MessageCall, Shared};

/// The composer.
pub(super) fn compose(props: &Props, busy: &Shared<Busy>) -> Html {
    let on: OnField = {
        let (props, busy) = (props.clone(), busy.clone());
        Callback::from(move |event| {
            match event {
                FieldEvent::Submit(text) => match MessageText::parse(&text) {
                    Ok(said) => {
                        props.on_talk.emit(Talk::Draft(String::new()));
                        let replying = busy.get().replying;
                        props.on_talk.emit(Talk::Say(said, replying));
                        busy.dispatch(Turn::Reply(None));
                    }
                    Err(InvalidText::Empty) => {}
                    Err(why) => return Err(why.to_string()),
                },
                FieldEvent::Change(text) => props.on_talk.emit(Talk::Draft(text)),
                FieldEvent::Cancel => busy.dispatch(Turn::Reply(None)),
                FieldEvent::Up => {
                    busy.dispatch(Turn::Edit(props.me.as_ref().and_then(|me| props.room.newest_of(me))));
                }
            }
            Ok(())
        })
    };
    let reply_to = busy.get().replying.and_then(|seq| props.room.line(seq));
    let (rewriting, draft) = match &busy.get().rewriting {
        Some((key, text)) => (Some(*key), text.clone()),
        None => (None, props.draft.to_string()),
    };
    let (room, takes_focus, locale) = (&props.room.name, props.takes_focus, props.locale);
    composer(Composer { room, draft, rewriting, reply_to, takes_focus, locale, on })
}

/// The form in the place of the message that is being changed.
pub(super) fn change(props: &Props, busy: &Shared<Busy>, seq: Seq) -> Option<Html> {
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
