//! A room: its messages, from the oldest one loaded to those on their way, and the message field below.

mod props;
mod rows;

use std::rc::Rc;

use holdline_shared::Timestamp;
use yew::prelude::*;

pub(super) use self::props::Props;
use self::rows::{view_lines, view_sending};
use super::{Composer, changing};
use crate::api::dom;
use crate::command::Command;
use crate::hooks::{Conversation as Content, use_commands, use_locale, use_reading, use_rest};
use crate::state::{Burst, Older, Phase, slow_seconds};
use crate::words;

/// The conversation.
#[component]
pub fn Conversation(props: &Props) -> Html {
    let Props { room, title, standing, ui, sendings, session, children, .. } = props;
    let (run, locale) = (use_commands(), use_locale());
    let content = Content {
        room: Rc::clone(room),
        sendings: sendings.clone(),
        editing: ui.writing.edit.as_ref().map(|edit| edit.seq),
        goal: ui.goal,
    };
    let reading = use_reading(content, run.clone());
    let onkeydown = {
        Callback::from(move |event: KeyboardEvent| {
            let (up, down) = (dom::is_key(&event, "ArrowUp"), dom::is_key(&event, "ArrowDown"));
            if (up || down) && !dom::is_typing(&event) && dom::walk_messages(&event, up) {
                event.prevent_default();
            }
        })
    };
    let is_loading = room.phase != Phase::Ready || room.older == Older::Loading;
    // Silent while history is inserted or drawn, or many messages come at once: only messages after that are news.
    let is_put_in = use_rest((is_loading, reading.is_narrow, room.oldest(), room.read_at(), ui.burst));
    let live = if reading.is_at_end && !is_loading && is_put_in { "polite" } else { "off" };
    let go = |command: Command| run.reform(move |_: MouseEvent| command.clone());
    let (to_end, go_back) =
        (go(Command::ShowNewest(room.name.clone())), go(Command::GoBack(room.name.clone())));
    let scrolled = reading.clone();
    let reply_to = ui.writing.reply_to.and_then(|seq| room.line(seq)).cloned();
    html! {
        <div class="talk" {onkeydown}>
            <div class="conversation">
                <div class="view" ref={&reading.view} onscroll={move |_| scrolled.scrolled()}>
                    <div
                        class="rows"
                        ref={&reading.rows}
                        role="log"
                        tabindex="-1"
                        aria-live={live}
                        aria-busy={is_loading.then_some("true")}
                        aria-label={words::messages_in(title)}
                    >
                        { for view_lines(props, &reading, &run, locale) }
                        { for sendings.iter().enumerate().map(|(at, sending)| view_sending(props, at, sending)) }
                    </div>
                </div>
                <p class="unseen" role="status">
                    if let Some(Burst { newest, count }) = ui.burst {
                        <span key={newest.0}>{ words::messages_came(count) }</span>
                    }
                </p>
                if !reading.is_at_end {
                    <p class="jumps">
                        if !ui.ways_back.is_empty() {
                            <button type="button" class="jump" data-testid="go-back" onclick={go_back}>
                                { words::GO_BACK }
                            </button>
                        }
                        <button type="button" class="jump" data-testid="jump-new" onclick={to_end}>
                            { changing(words::new_messages(room.unread.len(), room.has_unread_above)) }
                        </button>
                    </p>
                }
            </div>
            { children.clone() }
            <Composer
                room={room.name.clone()}
                title={title.clone()}
                standing={standing.clone()}
                session={session.clone()}
                last_said={last_said(props)}
                ui={Rc::clone(ui)}
                {reply_to}
            />
        </div>
    }
}

/// Returns the time of the reader's newest message, in a room with slow mode.
fn last_said(props: &Props) -> Option<Timestamp> {
    let Props { room, standing, sendings, session, .. } = props;
    if slow_seconds(standing, session) == 0 {
        return None;
    }
    let sent =
        room.newest_of(session.me.as_ref()?).and_then(|seq| room.line(seq)).map(|line| line.message.at);
    sendings.iter().map(|sending| sending.at).chain(sent).max()
}
