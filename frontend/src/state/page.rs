//! The pages to which addresses lead.

use holdline_shared::{RoomName, Seq};

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Page {
    /// A room, optionally at one of its messages.
    Room(RoomName, Option<Seq>),
    /// A link that lets somebody in, with its code.
    Join(String),
    /// A text in place of a room's name, and the reason why it is not one.
    InvalidRoom {
        /// The text.
        name: String,
        /// The reason.
        why: String,
    },
    /// An address without a page.
    #[default]
    NotFound,
}

impl Page {
    /// Returns the page of the room `name`, or [`Page::InvalidRoom`] if that is not a room name.
    pub fn of_room(name: &str, message: Option<Seq>) -> Self {
        match RoomName::parse(name) {
            Ok(room) => Self::Room(room, message),
            Err(why) => Self::InvalidRoom { name: name.to_owned(), why: why.to_string() },
        }
    }

    /// The room, if the page is one.
    pub fn room(&self) -> Option<&RoomName> {
        if let Self::Room(room, _) = self { Some(room) } else { None }
    }
}

/// Parses a typed room name, with `-` for spaces. The caller, which has the tables for it, makes it lower case.
pub fn typed_room(text: &str) -> Result<RoomName, String> {
    let words: Vec<_> = text.trim().trim_start_matches('#').split_whitespace().collect();
    RoomName::parse(&words.join("-")).map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_name_becomes_a_room() {
        assert_eq!(typed_room("  green  tea ").unwrap().as_str(), "green-tea");
        assert_eq!(typed_room("#tea").unwrap().as_str(), "tea");
        assert!(typed_room("tea/pot").unwrap_err().contains("'/'"));
    }

    #[test]
    fn wrong_name_says_why() {
        let Page::InvalidRoom { why, .. } = Page::of_room("a b", None) else { panic!("a room") };
        assert!(why.contains("a space"), "{why}");
    }
}
