//! The displayed names of rooms: a given title, the people of a direct room, or the room's own name.

use holdline_shared::{Person, PersonId, RoomName, Visibility};

use super::Rooms;
use crate::words;

impl Rooms {
    /// The title of a room for this reader.
    pub fn title(&self, name: &RoomName, me: Option<&PersonId>) -> String {
        if is_made_by_server(name) && self.summary(name).is_none() {
            return words::SOME_ROOM.to_owned();
        }
        let policy = self.standing(name).policy;
        if !policy.title.as_str().is_empty() {
            return policy.title.to_string();
        }
        if policy.visibility == Visibility::Direct {
            let people = self.people.get(name).map(Vec::as_slice).unwrap_or_default();
            let others = people.iter().filter(|person| me != Some(&person.id) && !is_nameless(person));
            let names: Vec<_> = others.map(|person| person.name.as_str()).collect();
            if !names.is_empty() {
                return names.join(", ");
            }
            // The others have left or have no name; their messages remain.
            let authors =
                self.get(name).map(|room| room.lines.newest_first().map(|line| &line.message.author));
            let author = authors.and_then(|mut authors| authors.find(|author| me != Some(&author.id)));
            return author.map_or_else(|| words::DIRECT_ROOM.to_owned(), |author| author.name.to_string());
        }
        name.to_string()
    }

    /// The direct rooms whose people are not known.
    pub fn without_people(&self) -> impl Iterator<Item = &RoomName> {
        let is_nameless = |name: &&RoomName| !self.people.contains_key(*name);
        let direct =
            self.list.iter().filter(|summary| summary.standing.policy.visibility == Visibility::Direct);
        direct.map(|summary| &summary.name).filter(is_nameless)
    }
}

/// Whether a person has no name but their id, as guests in the server's lists.
pub fn is_nameless(person: &Person) -> bool {
    person.name.as_str() == person.id.as_str()
}

/// Whether only the server makes rooms with such names, which nobody can guess.
pub fn is_made_by_server(name: &RoomName) -> bool {
    ["private-", "direct-"].iter().any(|start| name.as_str().starts_with(start))
}
