//! The words of the interface, in English. Nothing else in the client is text for people, so a translation replaces
//! only this file and those of its folder: `dialogs` for settings, `notices` for the lines between messages.

#![expect(missing_docs, reason = "each says what it says")]

mod dialogs;
mod failures;
mod links;
mod lists;
mod notices;

use holdline_shared::Visibility;

pub use self::dialogs::*;
pub use self::failures::*;
pub use self::links::*;
pub use self::lists::*;
pub use self::notices::notice;

pub const TODAY: &str = "Today";
pub const YESTERDAY: &str = "Yesterday";

pub const SKIP_TO_WRITING: &str = "Skip to writing";
pub const SKIP_TO_CONTENT: &str = "Skip to content";
pub const ROOMS: &str = "Rooms";
pub const PEOPLE: &str = "People";
pub const CLOSE: &str = "Close";
pub const SAVE: &str = "Save";
pub const CANCEL: &str = "Cancel";
pub const RELOAD: &str = "Reload";

pub const YOUR_ROOMS: &str = "Your rooms";
pub const OTHER_ROOMS: &str = "Other rooms";
pub const PRIVATE: &str = "private";
pub const DIRECT: &str = "direct messages";
pub const SOME_ROOM: &str = "A private room";
pub const DIRECT_ROOM: &str = "Direct messages";
pub const ARCHIVED: &str = "archived";
pub const GUEST: &str = "guest";
pub const BOT: &str = "bot";
pub const JOIN_OR_MAKE: &str = "Join or make a room";
pub const FIND_ROOM: &str = "Find a room";
pub const SOMETHING_NEW: &str = "something new";
pub const UNREAD: &str = " unread";
pub const DRAFT: &str = "draft";
pub const NOT_SENT: &str = "not sent";
pub const HERE_NOW: &str = "Here now";
pub const YOU: &str = "you";
pub const FINDING_A_NAME: &str = "Finding you a name…";
pub const CHANGE_NAME: &str = "Change your name";
pub const YOUR_NAME: &str = "Your name";
pub const NAME_IS_SEEN: &str = "From now on everybody will see it beside what you say.";
pub const CHANGE_TOPIC: &str = "Change the topic";
pub const ADD_TOPIC: &str = "Add a topic";

pub const CONNECTING: &str = "Connecting…";
pub const LIVE: &str = "Live";
pub const NOT_CONNECTED: &str = "Not connected.";
pub const TRYING: &str = "Trying to connect…";
pub const OFFLINE: &str = "Offline.";
pub const CATCHING_UP: &str = "Catching up…";
pub const TRY_NOW: &str = "Try now";

pub const UNREACHABLE: &str = "the server cannot be reached";
pub const NO_ANSWER: &str = "no answer in time";
pub const ANSWER_UNREADABLE: &str = "the answer cannot be read";
pub const LOGIN_PAGE_ANSWERED: &str = "a login page answered in place of the server";
pub const NODE_BEHIND: &str = "this node is behind the one that was polled";

pub const OUTDATED: &str = "Holdline was updated. This page may not show everything.";
pub const SIGN_IN_NEEDED: &str =
    "A login page answers in place of Holdline. Your messages are kept until you have signed in there.";
pub const SIGN_IN_AGAIN: &str = "Sign in again";
pub const COOKIE_REFUSED: &str =
    "This browser does not keep Holdline's cookie. After a reload you will be somebody else.";
pub const FINISH_EDIT_FIRST: &str = "You are changing this message. Save or cancel that first.";
pub const EDITED_IS_GONE: &str =
    "The message you were changing was deleted. Your text is in the field below.";

pub const COME_IN: &str = "Come in";
pub const SHUT_OUT: &str = "You cannot come in";
pub const ASK_AN_ADMIN: &str =
    "If you think that this is a mistake, ask an admin of this server. They can lift the ban.";
pub const DOOR_INVITE: &str = "This server is for those who were invited. Open the link that you were sent, or sign in if you have an account.";
pub const DOOR_PROXY: &str =
    "This server lets its proxy say who you are. Open it through the proxy, and log in there if it asks.";
pub const SERVER_PASSWORD: &str = "Password of this server";
pub const PASSPHRASE: &str = "Your passphrase";
pub const NAME_CAN_BE_MADE_UP: &str = "Left empty, one will be made up for you.";
pub const ENTER: &str = "Enter";
pub const SIGN_IN: &str = "Sign in";
pub const HAVE_ACCOUNT: &str = "I have an account here";
pub const COME_AS_GUEST: &str = "I have the server's password";
pub const SESSION_ENDED: &str = "your session has ended";
pub const DONE: &str = "Done.";

pub const NO_PAGE: &str = "There is no such page";
pub const NO_PAGE_WHY: &str = "The address may have been cut or mistyped.";
pub const NO_ROOM_WHY: &str =
    "Its name may be mistyped. If it is not, you can make the room; everybody on this server can read it.";
pub const ROOM_IS_GONE: &str = "It was deleted, or you may not see it any more. If you make it again, everybody on this server can read it.";
pub const ROOM_IS_GONE_WITH_TEXT: &str = "It was deleted, or you may not see it any more. What you have written there is kept: make the room again to send \
     or copy it.";
pub const GO_TO_LOBBY: &str = "Go to the lobby";

pub const ROOM_IS_LOST: &str = "You are not in this room any more, or it was deleted.";
pub const ROOM_IS_HIDDEN: &str = "There is no such room, or it is not open to you. Its admins can add you.";

pub const IS_ARCHIVED: &str = "This room is archived. It can be read, but nothing new is said in it.";
pub const IS_LOCKED: &str = "This room is locked for now. Its admins can unlock it.";
pub const ADMINS_WRITE: &str = "Only the admins of this room write here.";
pub const MEMBERS_WRITE: &str = "Guests can read this room, but only members write here.";

pub const LOAD_OLDER: &str = "Load older messages";
pub const LOADING_OLDER: &str = "Loading older messages…";
pub const OLDER_FAILED: &str = "Older messages did not come. Try again";
pub const EMPTY_ROOM: &str = "Nothing has been said here yet.";
pub const NEW_LOG: &str = "The server's log was replaced. What was here before is gone.";
pub const GAP: &str = "Some messages are missing here. Load them";
pub const NEW: &str = "New";
pub const TO_NEWEST: &str = "To the newest ↓";

pub const SHOW_ALL: &str = "Show all of it";
pub const SHOW_LESS: &str = "Show less";
pub const EDITED: &str = "edited";
pub const DELETED: &str = "This message was deleted.";
pub const NO_SUCH_MESSAGE: &str = "That message is not there, or not any more. The one before it is shown.";
pub const QUOTE_NOT_LOADED: &str = "an earlier message";
pub const GO_BACK: &str = "Back to the answer";
pub const QUOTE_DELETED: &str = "deleted";
pub const REPLY: &str = "Reply";
pub const EDIT: &str = "Edit";
pub const DELETE: &str = "Delete";
pub const DELETE_QUESTION: &str = "Delete this message?";
pub const DELETE_REASON_WHY: &str = "The admins of this server will see it, in the list of changes.";
pub const KEEP: &str = "Keep";
pub const TOOLS: &str = "Message tools";

pub const REPLYING_TO: &str = "Replying to ";
pub const DO_NOT_REPLY: &str = "Do not reply";
pub const CHANGE_MESSAGE: &str = "Change the message";
pub const ESC_CANCELS: &str = "Esc to cancel";
pub const SEND: &str = "Send";
pub const ON_ITS_WAY: &str = "on its way";
pub const TRY_AGAIN: &str = "Try again";
pub const DISCARD: &str = "Discard";

/// The reactions on offer, with their names. Others can be added through the API.
pub const REACTIONS: [(&str, &str); 6] = [
    ("👍", "thumbs up"),
    ("❤️", "heart"),
    ("😂", "laughing"),
    ("🎉", "party"),
    ("👀", "eyes"),
    ("🙏", "thanks"),
];

pub fn page_title(room: &str) -> String {
    format!("{room} · Holdline")
}

pub fn react_with(name: &str) -> String {
    format!("React with {name}")
}

pub fn people_here(count: usize) -> String {
    format!("{PEOPLE}: {count}")
}

pub fn and_more_people(count: usize) -> String {
    format!("and {count} more")
}

pub fn rooms_found(count: usize) -> String {
    if count == 1 { "1 room".to_owned() } else { format!("{count} rooms") }
}

pub fn no_room_has(text: &str) -> String {
    format!("No room has “{text}” in its name.")
}

pub fn forget(room: &str) -> String {
    format!("Forget {room} on this device")
}

pub fn room_is_lost(room: &str) -> String {
    format!("You cannot read “{room}” any more: you were taken out of it, or it was deleted.")
}

pub fn is_muted(until: &str) -> String {
    format!("You may not write in this room until {until}.")
}

pub fn slow_mode(seconds: u64) -> String {
    format!("Slow mode: your next message can be sent in {seconds} s.")
}

pub fn message_to(room: &str) -> String {
    format!("Message to {room}")
}

pub fn messages_in(room: &str) -> String {
    format!("Messages in {room}")
}

pub fn message_by(author: &str, sign: Option<&str>, time: &str) -> String {
    match sign {
        Some(sign) => format!("{author} {sign}, {time}"),
        None => format!("{author}, {time}"),
    }
}

pub fn opening(room: &str) -> String {
    format!("Opening {room}…")
}

pub fn beginning_of(room: &str, visibility: Visibility) -> String {
    match visibility {
        Visibility::Direct => format!("This is the beginning of your messages with {room}."),
        _ => format!("This is the beginning of {room}."),
    }
}

pub fn invitation(room: &str, visibility: Visibility) -> String {
    match visibility {
        Visibility::Public => {
            format!("What you say in {room} is read by everybody whom this server lets in.")
        }
        Visibility::Private => format!("What you say in {room} is read by its members alone."),
        Visibility::Direct => "Only the people in this conversation can read what you say here.".to_owned(),
    }
}

pub fn you_are(name: &str) -> String {
    format!("You are {name}. A click on your name changes that.")
}

pub fn new_messages(count: usize, has_more: bool) -> String {
    match count {
        0 => TO_NEWEST.to_owned(),
        1 => "1 new message ↓".to_owned(),
        n if has_more => format!("{n}+ new messages ↓"),
        n => format!("{n} new messages ↓"),
    }
}

pub fn edited_is_gone_in(room: &str) -> String {
    format!("The message you were changing in {room} was deleted. Your text is in the message field there.")
}

pub fn messages_came(count: usize) -> String {
    format!("{count} messages came.")
}

pub fn messages_up_to(time: &str) -> String {
    format!("Messages up to {time}.")
}

pub fn next_try_in(seconds: u64) -> String {
    format!("Next try in {seconds} s.")
}

pub fn answered_with(status: u16) -> String {
    format!("the server answered with status {status}")
}

pub fn proxy_answered_with(status: u16) -> String {
    format!("a proxy answered with status {status} in place of the server")
}

pub fn no_room(name: &str) -> String {
    format!("There is no room “{name}”")
}

pub fn no_room_called(name: &str) -> String {
    format!("No room can be called “{name}”")
}

pub fn cannot_open(room: &str) -> String {
    format!("{room} cannot be opened")
}

pub fn characters(count: usize, limit: usize) -> String {
    format!("{count} of {limit} characters")
}

pub fn too_long(limit: usize) -> String {
    format!("A message has at most {limit} characters.")
}

pub fn reaction_label(emoji: &str, count: u64, names: &str) -> String {
    format!("{emoji} {count}: {names}")
}
