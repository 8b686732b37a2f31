//! What the reader is doing with the messages, and what their clicks make of it.

use super::{Props, Talk};
use crate::api::dom;
use crate::components::Act;
use crate::hooks::{MessageCall, Reading, Shared};
use holdline_shared::{PublishKey, Seq};

/// What the reader is busy with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Busy {
    /// The message under the mouse or with the focus.
    pub(super) active: Option<Seq>,
    /// Whether deleting it waits for a yes.
    pub(super) is_asking: bool,
    /// The message that is being answered.
    pub(super) replying: Option<Seq>,
    /// The message that is being changed.
    pub(super) editing: Option<Seq>,
    /// The message that was refused and is written anew in the composer, with all that stands there.
    pub(super) rewriting: Option<(PublishKey, String)>,
}

/// What the reader turns to.
pub(super) enum Turn {
    /// A message, or none.
    At(Option<Seq>),
    /// Deleting it, or not after all.
    Ask(bool),
    /// Answering a message.
    Reply(Option<Seq>),
    /// Changing one.
    Edit(Option<Seq>),
    /// Writing one anew.
    Rewrite(PublishKey, String),
}

impl Shared<Busy> {
    /// Lets the reader turn to something.
    pub(super) fn dispatch(&self, turn: Turn) {
        let mut busy = self.get().clone();
        match turn {
            Turn::At(active) => {
                busy.is_asking &= busy.active == active;
                busy.active = active;
            }
            Turn::Ask(is_asking) => busy.is_asking = is_asking,
            Turn::Reply(replying) => busy.replying = replying,
            Turn::Edit(editing) => busy.editing = editing,
            Turn::Rewrite(key, text) => busy.rewriting = Some((key, text)),
        }
        self.set(busy);
    }
}

/// Does what a click asked for, at the message `seq`.
pub(super) fn act(props: &Props, busy: &Shared<Busy>, reading: &Reading, act: Act, seq: Option<Seq>) {
    let talk = match (act, seq) {
        (Act::React(emoji), Some(seq)) => {
            let (line, me) = (props.room.line(seq), props.me.as_ref());
            let has = line.zip(me).is_some_and(|(line, me)| line.message.has_my_reaction(&emoji, &me.id));
            Talk::Call(MessageCall::React(seq, emoji, !has))
        }
        (Act::Delete, Some(seq)) => Talk::Call(MessageCall::Delete(seq)),
        (Act::Older(seq), _) => Talk::Call(MessageCall::Older(seq)),
        (Act::Retry(key), _) => Talk::Retry(key),
        (Act::Rewrite(key), _) => {
            rewrite(props, busy, key);
            Talk::Discard(key)
        }
        (Act::Discard(key), _) => Talk::Discard(key),
        (Act::CloseNotice, _) => Talk::CloseNotice,
        (Act::Show(seq), _) => return reading.show(seq),
        (Act::ToEnd, _) => return reading.to_end(),
        (Act::Reply, seq) => return busy.dispatch(Turn::Reply(seq)),
        (Act::Unreply, _) => return busy.dispatch(Turn::Reply(None)),
        (Act::Edit, seq) => return busy.dispatch(Turn::Edit(seq)),
        (other, _) => return busy.dispatch(Turn::Ask(other == Act::Ask)),
    };
    props.on_talk.emit(talk);
}

/// Puts a refused message into the composer, below what is typed there already.
fn rewrite(props: &Props, busy: &Shared<Busy>, key: PublishKey) {
    let Some(sending) = props.sendings.iter().find(|sending| sending.request.key == key) else { return };
    let mut text = dom::typed_in("composer");
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(sending.request.text.as_str());
    props.on_talk.emit(Talk::Draft(text.clone()));
    busy.dispatch(Turn::Rewrite(key, text));
}
