//! The words of a link's page.

use holdline_shared::{LinkGives, LinkPreview};

use super::{COME_IN, SIGN_IN};

pub const LINK_LETS_IN: &str = "This link lets you in";
pub const LINK_GIVES: &str = "It is an invitation, or the way to your own account on this device. It works as often as its maker \
                              said, so use it only if you were meant to.";
pub const LINK_NAME: &str = "Others see it. For a link to your own account leave it as it is.";
pub const PASSPHRASE_IF_WANTED: &str = "A passphrase, if you like";
pub const PASSPHRASE_WHY: &str = "With it you can sign in on another device.";
pub const LINK_IS_LOOKED_AT: &str = "One moment…";
pub const LINK_IS_OVER: &str = "This link does not work";
pub const ASK_FOR_ANOTHER: &str =
    "Links work as often and as long as their maker said. Ask whoever sent it for another one.";

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

/// The rights of a link, as sentences. `is_in` tells whether the reader has come in already: a link by a room's admin lets nobody
/// in, and does not say that it is one.
pub fn link_gives(gives: LinkGives, room: Option<&str>, until: &str, is_in: bool) -> String {
    let come_in_first = room.filter(|_| !is_in).map_or("", |_| {
        " A link of the room's admin is only for people who are in already: if this one does not let you in, come in first."
    });
    let gives = match gives {
        LinkGives::Guest => "You come in as a guest.",
        LinkGives::Member => "You get an account: your name is yours alone.",
        LinkGives::Admin => "You get an account, and can change everything on this server.",
        LinkGives::Device => {
            "This device is signed in to the account of whoever made the link. Use it only if that is you."
        }
    };
    let room = room.map(|room| format!(" You become a member of the room “{room}”.")).unwrap_or_default();
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
