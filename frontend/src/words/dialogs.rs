//! The words of the dialogs about people, rooms and the server.

use holdline_shared::{Door, Visibility};

use crate::state::Panel;

pub const YOUR_ACCOUNT: &str = "You";
pub const THIS_SERVER: &str = "This server";
pub const PAGES: &str = "Pages";
pub const LOADING: &str = "Loading…";
pub const NOTHING_LISTED: &str = "None yet.";
pub const NO_INVITES: &str = "No link is in use.";
pub const NO_BANS: &str = "Nobody is banned.";
pub const NO_ACCOUNTS: &str = "Nobody has an account yet.";
pub const LOAD_MORE: &str = "Show older ones";
pub const CHANGE: &str = "Change";
pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied";
pub const COPY_SELECTED: &str = "Copy it by hand";
pub const REVOKE: &str = "Revoke";
pub const REMOVE: &str = "Remove";
pub const LIFT: &str = "Lift";
pub const ADD: &str = "Add";
pub const APPLY: &str = "Apply";
pub const REASON: &str = "Reason";
pub const NOTE: &str = "Note";
pub const SETTINGS: &str = "Settings";
pub const MEMBER: &str = "member";
pub const ADMIN: &str = "admin";

pub const ABOUT_YOU: &str = "About you";
pub const YOUR_TIME_ZONE: &str = "Your time zone";
pub const TIME_ZONE_WHY: &str = "Others see what time it is where you are.";
pub const GUESTS_CAN: &str =
    "You are a guest: others may take the same name, and this browser alone knows you.";
pub const BECOME_MEMBER: &str = "Become a member";
pub const MEMBERS_HAVE: &str = "As a member your name is yours alone. You can sign in anywhere, make private rooms, and let \
                                programs act for you. What you have said stays yours.";
pub const PASSPHRASE_SIGNS_OUT: &str =
    "With it you sign in on another device. All your other devices will be signed out.";
pub const OLD_PASSPHRASE: &str = "Present passphrase";
pub const NEW_PASSPHRASE: &str = "New passphrase";
pub const DEVICE_LINK_WHY: &str =
    "Another phone or computer needs a link, which works once and for a quarter of an hour.";
pub const LINK_DEVICE: &str = "Make a link for another device";
pub const SOME_DEVICE: &str = "A device";
pub const THIS_DEVICE: &str = "this device";
pub const SIGN_OUT: &str = "Sign out";
pub const SIGN_OUT_OTHERS: &str = "Sign out everywhere else";
pub const SIGN_OUT_WHY: &str = "This device will forget you.";
pub const LEAVE_WHY: &str = "Your account will be erased: your name will be free for others, and all your devices will be signed out.";
pub const ERASE_WHY: &str = "The account will be erased, and all devices of this person will be signed out.";
pub const THE_MESSAGES: &str = "The messages";
pub const KEEP_MESSAGES: &str = "Keep them, without the name";
pub const REMOVE_MESSAGES: &str = "Delete them";
pub const CANNOT_BE_UNDONE: &str = "I know that this cannot be undone";
pub const ERASE_ACCOUNT: &str = "Erase the account";
pub const LINK_ONCE: &str = "Send this address to whom it is for. It is shown this once.";
pub const DEVICE_LINK_ONCE: &str = "Open this address on the other device. It is shown this once.";
pub const TOKEN_ONCE: &str = "Copy this token now. It is shown this once.";
pub const TOKEN_EXAMPLE: &str = "In a terminal, this prints what is said:";
pub const HOOK_ADDRESS_ONCE: &str =
    "A program posts to this address. Whoever knows it can post. It is shown this once.";
pub const HOOK_EXAMPLE: &str = "In a terminal, this says hello:";
pub const HOOK_KEY_ONCE: &str = "Messages are sent from now on. With this key the program checks that they come from here. It is shown this once.";
pub const QR_CODE: &str = "The same address as a QR code";

pub const NEW_ROOM: &str = "New room…";
pub const GUESTS_MAKE_PUBLIC: &str = "Guests make public rooms. Private ones are for members.";
pub const MAKE_ROOM: &str = "Make the room";
pub const TITLE: &str = "Title";
pub const TITLE_WHY: &str = "Left empty, the room is called by its name.";
pub const TOPIC: &str = "Topic";
pub const WHO_SEES_IT: &str = "Who sees it";
pub const WHO_SEES: [(&str, &str); 2] = [("private", "Its members"), ("public", "Everybody")];
pub const EVERYBODY_READS_ALL: &str =
    "“Everybody” opens the whole room: everybody will be able to read all that was said here.";
pub const WHO_WRITES: &str = "Who writes";
pub const WRITERS: [(&str, &str); 3] =
    [("everyone", "Everybody who sees it"), ("members", "Members, no guests"), ("admins", "Its admins")];
pub const SLOW_SECONDS: &str = "Seconds between messages";
pub const LOCK_ROOM: &str = "Locked: nobody but its admins writes for now";
pub const ARCHIVE_ROOM: &str = "Archived: kept for reading";
pub const HOOK_POSTS: &str = "Let a program post here";
pub const HOOK_NAME: &str = "Its name";
pub const HOOK_NAME_WHY: &str = "Its messages will bear this name, and the word BOT.";
pub const MAKE_ADDRESS: &str = "Make an address";
pub const HOOK_SENDS: &str = "Send what is said here to a program";
pub const HOOK_URL: &str = "Its address";
pub const HOOK_URL_WHY: &str = "It begins with https://";
pub const SEND_THERE: &str = "Send there";
pub const NO_HOOKS: &str = "No program posts here, and none is sent anything.";
pub const NO_MEMBERS: &str = "This room has no list of members: it is open to all.";
pub const ADD_SOMEBODY: &str = "Add somebody";
pub const NOBODY_TO_ADD: &str = "There is nobody to add. A link invites others.";
pub const LEAVE_ROOM: &str = "Leave the room";
pub const DELETE_ROOM: &str = "Delete the room";
pub const DELETE_ROOM_WHY: &str =
    "Everything that was said in it will be deleted, for everybody and for good.";
pub const OTHER_TITLE: &str = "that is not its title";

pub const WRITE_DIRECTLY: &str = "Write to them directly";
pub const UNMUTE: (&str, &str) = ("unmute", "Unmute: may write again");
pub const MEMBER_ACTS: [(&str, &str); 4] = [
    ("mute", "Mute: may read, but not write"),
    ("remove", "Remove"),
    ("member", "Make a member, who may write"),
    ("admin", "Make an admin of this room"),
];
pub const FOR_HOW_LONG: &str = "For how long";
pub const DURATIONS: [(&str, &str); 5] = [
    ("600", "10 minutes"),
    ("3600", "1 hour"),
    ("86400", "1 day"),
    ("604800", "7 days"),
    ("0", "Until somebody changes it"),
];
pub const REASON_IS_SEEN: &str = "Everybody in the room will see it.";
pub const REASON_IS_TOLD: &str = "They will be told.";
pub const KEEP_OUT_FOR: &str = "Ban from this server for";
pub const BAN_ADDRESSES: &str = "And the addresses they came from";
pub const BAN_ADDRESSES_WHY: &str =
    "Until the same moment, or for a day if that is never. Others may come from there, too.";
pub const BAN: &str = "Ban";
pub const MAKE_ADMIN: &str = "Make an admin of this server…";
pub const TAKE_ADMIN: &str = "Remove as an admin of this server…";
pub const REPORT: &str = "Report";
pub const WHAT_IS_WRONG: &str = "What is wrong with this message?";
pub const WHO_READS_REPORTS: &str = "The admins of this server will read this.";
pub const REPORTED: &str = "The admins of this server were told.";

pub const WHO_COMES_IN: &str = "Who comes in";
pub const DOORS: [(Door, &str); 4] = [
    (Door::Open, "Everybody, with a name"),
    (Door::Password, "Whoever knows the password"),
    (Door::Invite, "Whoever was sent a link"),
    (Door::Proxy, "Whoever the proxy names"),
];
pub const JOIN_PASSWORD: &str = "Password, if one is asked for";
pub const JOIN_PASSWORD_WHY: &str =
    "One for all. Left empty, it stays as it is. Guests who came in before will have to come in anew.";
pub const WHAT_THEY_BECOME: &str = "They become";
pub const INVITE_ROLES: [(&str, &str); 3] = [("member", "Members"), ("guest", "Guests"), ("admin", "Admins")];
pub const NOTE_WHY: &str = "For your own list.";
pub const HOW_MANY_PEOPLE: &str = "How many people";
pub const HOW_MANY_DAYS: &str = "For how many days";
pub const MAKE_LINK: &str = "Make a link";
pub const INVITE_OVER: &str = "used up or over";
pub const BANS_WHY: &str = "A click on a person, beside the conversation, leads to a ban.";
pub const TOKENS_WHY: &str =
    "With a token a program acts in your name: it reads and writes here without a browser.";
pub const BOT_TOKENS_WHY: &str =
    "With a token a program acts in your name, or as a bot. Everybody's tokens are listed here.";
pub const NO_TOKENS: &str = "There are no tokens.";
pub const TOKEN_FOR: &str = "What is it for?";
pub const TOKEN_MAY: &str = "The program may";
pub const VERBS: [(&str, &str); 4] =
    [("read", "read"), ("write", "write"), ("react", "react to messages"), ("invite", "invite people")];
pub const TOKEN_MAY_NOTHING: &str = "tick at least one thing that the program may do";
pub const TOKEN_ROOMS: &str = "In these rooms";
pub const TOKEN_ROOMS_WHY: &str = "None ticked: in every room that its person can read, also later ones.";
pub const BOT_NAME: &str = "Name of a new bot";
pub const BOT_NAME_WHY: &str = "Left empty, the program acts in your own name.";
pub const MAKE_TOKEN: &str = "Make a token";

/// The name of a page in a dialog.
pub fn panel(page: &Panel) -> &'static str {
    match page {
        Panel::Profile => "Name",
        Panel::Passphrase => "Passphrase",
        Panel::SignIn => "Sign in",
        Panel::Devices => "Devices",
        Panel::Rules => "Rules",
        Panel::Members => "Members",
        Panel::RoomInvite => "Invite",
        Panel::Hooks => "Webhooks",
        Panel::Leave | Panel::EndRoom => "Leave",
        Panel::NewRoom => "New room",
        Panel::Person(_) | Panel::Erase(_) | Panel::People => "People",
        Panel::Report(_) => "Report a message",
        Panel::Door => "Door",
        Panel::Invites => "Invites",
        Panel::Bans => "Bans",
        Panel::OwnTokens | Panel::Tokens => "Tokens",
        Panel::Audit => "Changes",
    }
}

pub fn leave_room_why(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "You will not be a member of this room any more. You can still read it.",
        _ => "You will not see this room any more, until somebody adds you again.",
    }
}

/// The question before somebody becomes an admin of the server (`true`), or is none any more, and the button that
/// says yes to it.
pub fn admin_question(name: &str, becomes: bool) -> (String, String) {
    if becomes {
        let question = format!("As an admin, {name} will be able to change everything on this server.");
        (question, format!("Make {name} an admin"))
    } else {
        let question = format!("{name} will not be able to change this server any more.");
        (question, format!("Remove {name} as an admin"))
    }
}

/// The label of a row's button, for screen readers: the visible word, and the row that the button is about.
pub fn in_row(word: &str, row: &str) -> String {
    format!("{word}: {row}")
}

/// The command that follows the lobby with a token.
pub fn tail_command(server: &str, token: &str) -> String {
    format!("holdline tail --server {server} --token {token}")
}

/// The command that posts to a webhook.
pub fn post_command(address: &str) -> String {
    format!("curl -d 'payload={{\"text\": \"Hello\"}}' {address}")
}

pub fn local_time(time: &str) -> String {
    format!("It is {time} where they are.")
}

pub fn type_title(title: &str) -> String {
    format!("Type “{title}” to confirm")
}
