//! The words of a link's page.

use holdline_shared::{LinkGives, LinkPreview};

use super::{COME_IN, SIGN_IN};

pub const LINK_LETS_IN: &str = "This link lets you in";
pub const LINK_GIVES: &str = "It is an invitation, or the way to your own account on this device. It works as often as its maker \
                              said, so use it only if you were meant to.";
pub const LINK_NAME: &str = "Others will see it. For a link to your own account leave it as it is.";
pub const NEW_LINK_NAME: &str =
    "Others will see it. Left empty, one will be made up for you, unless the link leads to your own account.";
pub const NEW_NAME: &str = "Others will see it beside what you say. Left empty, one will be made up for you.";
pub const PASSPHRASE_IF_WANTED: &str = "A passphrase, if you like";
pub const PASSPHRASE_WHY: &str = "With it you can sign in on another device.";
pub const LINK_IS_LOOKED_AT: &str = "One moment…";
pub const LINK_IS_OVER: &str = "This link does not work";
pub const ASK_FOR_ANOTHER: &str =
    "It was used up, is too old, or was typed wrong. Ask whoever sent it for a new one.";

/// The heading of a link's page.
pub fn link_title(link: &LinkPreview) -> String {
    let server = if link.server.is_empty() { "Holdline" } else { &link.server };
    match link.gives {
        LinkGives::Guest => format!("You are invited to {server}"),
        LinkGives::Member => format!("Become a member of {server}"),
        LinkGives::Admin => format!("Become an admin of {server}"),
        LinkGives::Device => format!("Sign in to {server} on this device"),
    }
}

/// The rights of a link, as sentences. `is_in` is whether the reader has already come in: a link by a room's admin lets
/// nobody in, and its preview does not say that it is such a link.
pub fn link_gives(gives: LinkGives, room: Option<&str>, until: &str, is_in: bool) -> String {
    let come_in_first = room.filter(|_| !is_in).map_or("", |_| {
        " Some links into a room work only for people who are on this server already. If this one does not let you in, ask whoever sent it for one that does."
    });
    let gives = match gives {
        LinkGives::Guest => "You will come in as a guest.",
        LinkGives::Member => "You will get an account: your name will be yours alone.",
        LinkGives::Admin => "You will get an account, and be able to change everything on this server.",
        LinkGives::Device => {
            "This device will be signed in to the account of whoever made the link. Use it only if that is you."
        }
    };
    let room =
        room.map(|room| format!(" You will become a member of the room “{room}”.")).unwrap_or_default();
    format!("{gives}{room}{come_in_first} The link works until {until}.")
}

/// The button that uses a link.
pub fn link_button(gives: Option<LinkGives>) -> &'static str {
    match gives {
        None | Some(LinkGives::Guest) => COME_IN,
        Some(LinkGives::Member | LinkGives::Admin) => "Join",
        Some(LinkGives::Device) => SIGN_IN,
    }
}
