//! The client's routes, as the router parses and formats them. [`Route::page`] turns a route into a [`Page`].

use holdline_shared::{RoomName, Seq};
use yew_router::Routable;

use crate::state::Page;

/// An address, relative to the page's base.
#[derive(Debug, Clone, PartialEq, Eq, Routable)]
pub enum Route {
    /// The lobby.
    #[at("/")]
    Lobby,
    /// The lobby, by file name.
    #[at("/index.html")]
    Index,
    /// A room.
    #[at("/r/:room")]
    Room {
        /// The path segment of the room's name.
        room: String,
    },
    /// A message of a room.
    #[at("/r/:room/:seq")]
    Message {
        /// The path segment of the room's name.
        room: String,
        /// The message's position in the log.
        seq: u64,
    },
    /// A link that lets somebody in.
    #[at("/join/:code")]
    Join {
        /// The code in the link.
        code: String,
    },
    /// An address without a page.
    #[not_found]
    #[at("/404")]
    NotFound,
}

impl Route {
    /// Returns the route of a path relative to the page's base.
    pub fn of_path(path: &str) -> Self {
        Self::recognize(path).unwrap_or(Self::NotFound)
    }

    /// Returns the route of a room.
    pub fn of_room(room: &RoomName) -> Self {
        if *room == RoomName::lobby() { Self::Lobby } else { Self::Room { room: room.to_string() } }
    }

    /// Returns the route of a message.
    pub fn of_message(room: &RoomName, seq: Seq) -> Self {
        Self::Message { room: room.to_string(), seq: seq.0 }
    }

    /// Returns the page at this route. `lower_case` must cover all scripts.
    pub fn page(&self, lower_case: fn(&str) -> String) -> Page {
        match self {
            Self::Lobby | Self::Index => Page::Room(RoomName::lobby(), None),
            Self::Room { room } => Page::of_room(&lower_case(room), None),
            Self::Message { room, seq } => Page::of_room(&lower_case(room), Some(Seq(*seq))),
            Self::Join { code } => Page::Join(code.clone()),
            Self::NotFound => Page::NotFound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str) -> Page {
        Route::recognize(path).unwrap().page(str::to_lowercase)
    }

    #[test]
    fn addresses_and_rooms_belong_together() {
        for name in ["lobby", "tea", "東京"] {
            let room: RoomName = name.parse().unwrap();
            assert_eq!(page(&Route::of_room(&room).to_path()), Page::Room(room, None));
        }
        let tea: RoomName = "tea".parse().unwrap();
        let message = Route::of_message(&tea, Seq(7));
        assert_eq!(page(&message.to_path()), Page::Room(tea, Some(Seq(7))));
        assert_eq!(page("/r/Tea/"), Page::Room("tea".parse().unwrap(), None));
        assert_eq!(page("/index.html"), Page::Room(RoomName::lobby(), None));
        assert_eq!(page("/join/Ab-7"), Page::Join("Ab-7".to_owned()), "codes keep their case");
    }

    #[test]
    fn other_addresses_are_no_rooms() {
        assert!(matches!(page("/r/a%20b"), Page::InvalidRoom { name, .. } if name == "a b"));
        for path in ["/rooms", "/r", "/r/a/b", "/r/a/7/8", "/404"] {
            assert_eq!(page(path), Page::NotFound, "{path}");
        }
    }
}
