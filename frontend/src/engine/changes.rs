//! Carries out each command of the reader: in the state, and through requests to the server. A failure is reported
//! together with the text typed for the change, so that nothing typed is lost.

use holdline_shared::{Emoji, MessageText, ProblemCode, PublishKey, PublishRequest, RoomName, Seq, Topic};
use wasm_bindgen_futures::spawn_local;

use super::store::Store;
use super::{requests, room_list, session};
use crate::api::{self, Change, Fault};
use crate::command::Command;
use crate::state::{Action, Edit, Entrance, Goal, Notice, Older, Overlay, Progress, Writing};
use crate::words;

/// Runs a command.
pub(super) fn run(store: &Store, command: Command) {
    match command {
        // Navigation, reloading and retrying are handled by the app and `Engine::run` before a command gets here.
        Command::Go(_) | Command::Show(..) | Command::TryNow | Command::Reload => {}
        Command::Make(room) => store.dispatch(Action::RoomWanted(room)),
        Command::Open(overlay) => {
            if let Overlay::Panel(panel) = &overlay {
                requests::load(store, panel.clone());
            }
            store.dispatch(Action::Opened(overlay));
        }
        Command::Ask(request) => requests::ask(store, request),
        Command::Complain(why) => store.dispatch(Action::Failed(why)),
        Command::LoadAudit(before) => requests::load_audit(store, before),
        Command::Enter(entrance) => enter(store, entrance),
        Command::ForgetOutcome => store.dispatch(Action::Opened(store.state().ui.overlay.clone())),
        Command::CloseNotice => store.dispatch(Action::Noticed(None)),
        Command::SetTopic(room, topic) => set_topic(store, room, topic),
        Command::Forget(room) => store.dispatch(Action::Forgot(room)),
        Command::Say(room, text) => say(store, &room, text),
        Command::Write(room, draft) => write(store, &room, |writing| writing.draft = draft),
        Command::Reply(room, seq) => {
            write(store, &room, |writing| writing.reply_to = seq);
            store.dispatch(Action::ComposerWanted(room));
        }
        Command::Retry(key) => store.dispatch(Action::Progressed(key, Progress::Pending)),
        Command::Rewrite(key) => rewrite(store, key),
        Command::Discard(key) => store.dispatch(Action::Discarded(key)),
        Command::React(room, seq, emoji) => react(store, room, seq, emoji),
        Command::Edit(room, seq) => edit(store, room, seq),
        Command::EditNewest(room) => {
            let state = store.state();
            let known = state.rooms.get(&room).zip(state.session.me.as_ref());
            if let Some(seq) = known.and_then(|(room, me)| room.newest_of(me)) {
                edit(store, room, seq);
            }
        }
        Command::ChangeEdit(room, text) => write(store, &room, |writing| {
            if let Some(edit) = &mut writing.edit {
                edit.text = text;
            }
        }),
        Command::SaveEdit(room, text) => save_edit(store, room, text),
        Command::CancelEdit(room) => end_edit(store, room),
        Command::AskToDelete(room, seq) => store.dispatch(Action::Deleting(room, seq)),
        Command::Delete(room, seq, reason) => {
            store.dispatch(Action::Deleting(room.clone(), None));
            let change = Change::Delete(room, seq, reason.clone());
            make(store, change, move |_, fault| words::not_deleted(&fault.text(), &reason));
        }
        Command::LoadOlder(room, before) => load_older(store, room, before),
        Command::FollowQuote { room, seq, from } => {
            store.dispatch(Action::FollowedQuote { room, seq, from });
        }
        Command::GoBack(room) => store.dispatch(Action::WentBack(room)),
        Command::ShowNewest(room) => store.dispatch(Action::Aimed(room, Some(Goal::Newest))),
        Command::EndGoal(room) => store.dispatch(Action::Aimed(room, None)),
        Command::SetAtEnd(room, is_at_end) => {
            let ui = &store.state().ui;
            let is_back = is_at_end && !ui.of(&room).ways_back.is_empty();
            if ui.page.room() == Some(&room) && (ui.is_at_end != is_at_end || is_back) {
                store.dispatch(Action::AtEnd(room, is_at_end));
            }
        }
        Command::Leave(room, place) => store.dispatch(Action::LeftAt(room, place)),
    }
}

fn write(store: &Store, room: &RoomName, change: impl FnOnce(&mut Writing)) {
    let before = store.state().ui.of(room);
    let mut writing = before.writing.clone();
    change(&mut writing);
    if writing != before.writing {
        store.dispatch(Action::Wrote(room.clone(), writing));
    }
}

fn say(store: &Store, room: &RoomName, text: MessageText) {
    let (key, at) = (api::random_key(), api::wall_clock());
    let reply_to = store.state().ui.of(room).writing.reply_to;
    let request = PublishRequest { key, text, reply_to };
    // The outbox has the message before the draft is cleared, so that nothing is lost in between.
    store.dispatch(Action::Said { room: room.clone(), request, at });
    write(store, room, |writing| {
        writing.draft.clear();
        writing.reply_to = None;
    });
}

fn rewrite(store: &Store, key: PublishKey) {
    let state = store.state();
    let Some(item) = state.outbox.get(key) else { return };
    write(store, &item.room, |writing| {
        writing.append(item.request.text.as_str());
        writing.reply_to = writing.reply_to.or(item.request.reply_to);
    });
    store.dispatch(Action::Discarded(key));
    store.dispatch(Action::ComposerWanted(item.room.clone()));
}

fn react(store: &Store, room: RoomName, seq: Seq, emoji: Emoji) {
    let state = store.state();
    let line = state.rooms.get(&room).and_then(|room| room.line(seq));
    let has = line.zip(state.session.id()).is_some_and(|(line, me)| line.message.has_my_reaction(&emoji, me));
    make(store, Change::React(room, seq, emoji, !has), |_, fault| words::not_done(&fault.text()));
}

/// Starts editing a message, unless another one is being edited: that one is shown first.
fn edit(store: &Store, room: RoomName, seq: Seq) {
    let state = store.state();
    if let Some(running) = state.ui.of(&room).writing.edit.as_ref().filter(|edit| edit.is_changed()) {
        store.dispatch(Action::Aimed(room, Some(Goal::Message(running.seq))));
        return store.dispatch(Action::Noticed(Some(Notice::News(words::FINISH_EDIT_FIRST.to_owned()))));
    }
    let text = state.rooms.get(&room).and_then(|room| room.line(seq)?.message.text.clone());
    if let Some(before) = text {
        let text = before.to_string();
        write(store, &room, |writing| writing.edit = Some(Edit { seq, before, text }));
    }
}

fn end_edit(store: &Store, room: RoomName) {
    write(store, &room, |writing| writing.edit = None);
    store.dispatch(Action::ComposerWanted(room));
}

fn save_edit(store: &Store, room: RoomName, text: MessageText) {
    let Some(edit) = store.state().ui.of(&room).writing.edit.clone() else { return };
    end_edit(store, room.clone());
    if text != edit.before {
        let title = store.state().title_of(&room);
        make(store, Change::Edit(room.clone(), edit.seq, text.clone()), move |store, fault| {
            if is_gone(fault) {
                write(store, &room, |writing| writing.append(text.as_str()));
                let is_here = store.state().ui.page.room() == Some(&room);
                if is_here { words::EDITED_IS_GONE.to_owned() } else { words::edited_is_gone_in(&title) }
            } else if store.state().ui.of(&room).writing.edit.is_none() {
                write(store, &room, |writing| {
                    writing.edit = Some(Edit { text: text.to_string(), ..edit.clone() });
                });
                words::not_done(&fault.text())
            } else {
                // Another message is being edited by now.
                words::not_changed_to(&fault.text(), text.as_str())
            }
        });
    }
}

/// Whether the message of a change is not there any more.
fn is_gone(fault: &Fault) -> bool {
    matches!(fault.code(), Some(ProblemCode::MessageDeleted | ProblemCode::UnknownMessage))
}

fn set_topic(store: &Store, room: RoomName, topic: Topic) {
    store.dispatch(Action::Opened(Overlay::Nothing));
    make(store, Change::Topic(room, topic.clone()), move |_, fault| {
        words::not_changed_to(&fault.text(), topic.as_str())
    });
}

/// Enters the server. An error is shown where the reader typed.
fn enter(store: &Store, entrance: Entrance) {
    if store.state().settings.is_busy {
        return;
    }
    store.dispatch(Action::Asked);
    let store = store.clone();
    let wrong = match entrance {
        Entrance::Password { .. } => words::WRONG_PASSWORD,
        Entrance::Account { .. } => words::WRONG_PASSPHRASE,
        Entrance::Link { .. } => words::WRONG_LINK,
    };
    spawn_local(async move {
        match session::enter(&store, entrance).await {
            Ok(room) => {
                // Loads the accounts again, which may now include this reader's.
                room_list::refresh(&store);
                store.dispatch(Action::Entered(room));
            }
            Err(fault) if fault.code() == Some(ProblemCode::WrongSecret) => {
                store.dispatch(Action::Failed(wrong.to_owned()));
            }
            Err(fault) => store.dispatch(Action::Failed(fault.text())),
        }
    });
}

/// Makes a change. `tell` turns the reason of a failure into the notice for the reader.
fn make(store: &Store, change: Change, tell: impl FnOnce(&Store, &Fault) -> String + 'static) {
    let store = store.clone();
    spawn_local(async move {
        if let Err(fault) = session::make(&store, &change).await {
            let notice = tell(&store, &fault);
            store.dispatch(Action::Noticed(Some(Notice::Problem(notice))));
        }
    });
}

fn load_older(store: &Store, room: RoomName, before: Seq) {
    if store.state().rooms.get(&room).is_none_or(|room| room.older == Older::Loading) {
        return;
    }
    store.dispatch(Action::OlderAsked(room.clone()));
    let store = store.clone();
    spawn_local(async move {
        store.dispatch(match api::older(&room, before).await {
            Ok(page) => Action::OlderCame(room, before, page),
            Err(_) => Action::OlderFailed(room),
        });
    });
}
