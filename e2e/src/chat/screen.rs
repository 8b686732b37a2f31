//! What is on the screen, read in one go so that all of it was true at one moment.

use serde::Deserialize;

/// Reads the page's stable hooks.
pub(super) const SCRIPT: &str = include_str!("screen.js");

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Screen {
    /// The connection in one word.
    pub status: String,
    /// The room's name.
    pub room: String,
    /// The messages, from top to bottom.
    pub messages: Vec<Row>,
    /// The names of those who are here.
    pub people: Vec<String>,
    /// The rooms, from top to bottom.
    pub rooms: Vec<Listed>,
    /// What stands in the field for messages.
    pub composer: String,
    /// Own name; `None` before there is a session.
    pub nickname: Option<String>,
    /// What the button to the newest message says, if there is one.
    pub jump: Option<String>,
    /// Whether older messages can be asked for.
    pub has_older: bool,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// Its number in the log; `None` for what is still on its way.
    pub seq: Option<u64>,
    /// `pending`, `sent` or `failed`.
    pub state: String,
    /// Under whose name it stands.
    pub author: String,
    /// What it says.
    pub text: String,
    /// Whether it is marked as edited.
    pub edited: bool,
    /// Its reactions, as `👍 2`.
    pub reactions: Vec<String>,
}

/// A room in the list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Whether it is marked as having something new.
    pub news: bool,
}

impl Screen {
    /// What all messages say, from top to bottom.
    pub fn texts(&self) -> Vec<&str> {
        self.messages.iter().map(|row| row.text.as_str()).collect()
    }

    /// The message that says this, if there is exactly one.
    pub fn row(&self, text: &str) -> Option<&Row> {
        let mut rows = self.messages.iter().filter(|row| row.text == text);
        rows.next().filter(|_| rows.next().is_none())
    }

    /// The room in the list.
    pub fn listed(&self, room: &str) -> Option<&Listed> {
        self.rooms.iter().find(|listed| listed.name == room)
    }

    /// Whether these are here, and nobody else.
    pub fn has_people(&self, names: &[&str]) -> bool {
        let mut here: Vec<_> = self.people.iter().map(String::as_str).collect();
        let mut names = names.to_vec();
        here.sort_unstable();
        names.sort_unstable();
        here == names
    }
}
