//! The message field, with the message being answered above it; or the reason why the reader cannot write here.

use std::rc::Rc;

use holdline_shared::{RoomName, RoomStanding, Timestamp};
use yew::prelude::*;

use super::quote::quoted;
use super::{MessageField, Shape, changing, icon, icon_button};
use crate::api::dom;
use crate::api::focus::{self, COMPOSER};
use crate::command::Command;
use crate::hooks::{use_commands, use_locale, use_seconds_left};
use crate::state::{Barrier, Line, Locale, Overlay, Panel, RoomUi, Session, barrier, slow_seconds};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The room that the message is for.
    pub room: RoomName,
    /// The room's display name.
    pub title: AttrValue,
    /// The room's rules and the reader's role in it.
    #[prop_or_default]
    pub standing: RoomStanding,
    /// The reader.
    #[prop_or_default]
    pub session: Session,
    /// The time of the reader's newest message, in a room with slow mode.
    #[prop_or_default]
    pub last_said: Option<Timestamp>,
    /// The text so far, and the message being answered.
    pub ui: Rc<RoomUi>,
    /// The message being answered, if it is loaded.
    pub reply_to: Option<Rc<Line>>,
}

/// The composer.
#[component]
pub fn Composer(props: &Props) -> Html {
    let Props { room, title, standing, session, last_said, ui, reply_to } = props;
    let (run, locale) = (use_commands(), use_locale());
    let node = use_node_ref();
    {
        let (node, is_first) = (node.clone(), use_mut_ref(|| true));
        use_effect_with(ui.composer_focus, move |_| {
            // On a touch screen, the focus would open a keyboard over the content that the reader came for.
            if !(is_first.replace(false) && dom::is_touched()) {
                focus::focus(&node);
            }
        });
    }
    let slow = slow_seconds(standing, session).into();
    let seconds = use_seconds_left(*last_said, slow);
    // Draws the composer again when the reader may write again.
    use_seconds_left(standing.muted_until.filter(|until| (locale.now)() < *until), 0);
    let act = |make: fn(RoomName) -> Command| {
        let room = room.clone();
        run.reform(move |()| make(room.clone()))
    };
    let on_change = {
        let room = room.clone();
        run.reform(move |text| Command::Write(room.clone(), text))
    };
    let on_send = {
        let room = room.clone();
        run.reform(move |text| Command::Say(room.clone(), text))
    };
    let no_reply = act(|room| Command::Reply(room, None));
    let become_member = run.reform(|_: MouseEvent| Command::Open(Overlay::Panel(Panel::Passphrase)));
    if let Some(barrier) = barrier(standing, session, (locale.now)()) {
        return html! {
            <div class="composer">
                <p id={COMPOSER} class="barred" tabindex="-1" data-testid="barred">
                    { changing(why(barrier, locale)) }
                    if barrier == Barrier::MembersWrite {
                        <button type="button" class="plain" onclick={become_member}>{ words::BECOME_MEMBER }</button>
                    }
                </p>
            </div>
        };
    }
    html! {
        <div class="composer">
            if ui.writing.reply_to.is_some() {
                <p class="replying">
                    <span>
                        { words::REPLYING_TO }{ quoted(reply_to.as_deref()) }
                    </span>
                    { icon_button(Shape::Close, words::DO_NOT_REPLY, no_reply.reform(|_| ())) }
                </p>
            }
            <MessageField
                id={COMPOSER}
                label={words::message_to(title)}
                text={ui.writing.draft.clone()}
                node={node.clone()}
                held={seconds.map(|seconds| AttrValue::from(words::slow_mode(seconds)))}
                {on_change}
                {on_send}
                on_cancel={no_reply}
                on_up={act(Command::EditNewest)}
            >
                <button
                    type="submit"
                    class="send"
                    aria-label={words::SEND}
                    disabled={ui.writing.draft.trim().is_empty() || seconds.is_some()}
                >
                    { icon(Shape::Send) }
                </button>
            </MessageField>
        </div>
    }
}

/// The reason, as a sentence.
fn why(barrier: Barrier, locale: Locale) -> String {
    match barrier {
        Barrier::Archived => words::IS_ARCHIVED.to_owned(),
        Barrier::Locked => words::IS_LOCKED.to_owned(),
        Barrier::AdminsWrite => words::ADMINS_WRITE.to_owned(),
        Barrier::MembersWrite => words::MEMBERS_WRITE.to_owned(),
        Barrier::Muted(until) => words::is_muted(&locale.day_and_time(until)),
    }
}
