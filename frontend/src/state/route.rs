//! Which page an address names. Pure: the path has already been cut at the page's base.

use holdline_shared::RoomName;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Route {
    /// A room: the lobby at the base itself, others at `r/NAME`.
    Room(RoomName),
    /// `r/…` with something that cannot be a room's name, and why not.
    InvalidRoom {
        /// What stands in the address.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// Anything else.
    #[default]
    Unknown,
}

impl Route {
    /// The page at `path`: relative to the base, decoded, in lower case, without query.
    pub fn parse(path: &str) -> Self {
        match path.trim_matches('/').split_once('/') {
            None if matches!(path.trim_matches('/'), "" | "index.html") => Self::Room(RoomName::lobby()),
            Some(("r", name)) => match RoomName::parse(name) {
                Ok(room) => Self::Room(room),
                Err(why) => Self::InvalidRoom { name: name.to_owned(), why: why.to_string() },
            },
            _ => Self::Unknown,
        }
    }
}

/// A room's address, relative to the base. Browsers encode what is not ASCII themselves.
pub fn href(room: &RoomName) -> String {
    if *room == RoomName::lobby() { "./".to_owned() } else { format!("r/{room}") }
}

/// What somebody typed into "join or make a room", as a room's name: `-` for spaces. The caller, who has the tables for it, makes
/// it lower case.
pub fn typed_room(text: &str) -> Result<RoomName, String> {
    let words: Vec<_> = text.trim().trim_start_matches('#').split_whitespace().collect();
    RoomName::parse(&words.join("-")).map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_rooms_belong_together() {
        for name in ["lobby", "tea", "東京"] {
            let room: RoomName = name.parse().unwrap();
            let path = href(&room).replace("./", "");
            assert_eq!(Route::parse(&path), Route::Room(room));
        }
        assert_eq!(Route::parse("r/tea/"), Route::Room("tea".parse().unwrap()));
        assert!(matches!(Route::parse("r/a b"), Route::InvalidRoom { .. }));
        assert!(matches!(Route::parse("r/a/b"), Route::InvalidRoom { .. }));
        assert_eq!(Route::parse("rooms"), Route::Unknown);
        assert_eq!(Route::parse("r"), Route::Unknown);
    }

    #[test]
    fn a_typed_name_becomes_a_room() {
        assert_eq!(typed_room("  green  tea ").unwrap().as_str(), "green-tea");
        assert_eq!(typed_room("#tea").unwrap().as_str(), "tea");
        assert!(typed_room("tea/pot").unwrap_err().contains("'/'"));
    }
}
