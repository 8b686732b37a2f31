//! The content of the screen, read in one script so that it is consistent.

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
    /// The names of the people who are present.
    pub people: Vec<String>,
    /// The rooms, from top to bottom.
    pub rooms: Vec<Listed>,
    /// The content of the composer.
    pub composer: String,
    /// The reader's own name; `None` without a session.
    pub nickname: Option<String>,
    /// The label of the button to the newest message, if it is shown.
    pub jump: Option<String>,
    /// Whether older messages can be loaded.
    pub has_older: bool,
}

/// A message on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// Its number in the log; `None` while it is pending.
    pub seq: Option<u64>,
    /// `pending`, `sent` or `failed`.
    pub state: String,
    /// The shown name of its author.
    pub author: String,
    /// Its text.
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
    /// Whether it is marked as unread.
    pub news: bool,
}

impl Screen {
    /// The texts of all messages, from top to bottom.
    pub fn texts(&self) -> Vec<&str> {
        self.messages.iter().map(|row| row.text.as_str()).collect()
    }

    /// The message with this text, if there is exactly one.
    pub fn row(&self, text: &str) -> Option<&Row> {
        let mut rows = self.messages.iter().filter(|row| row.text == text);
        rows.next().filter(|_| rows.next().is_none())
    }

    /// The room in the list.
    pub fn listed(&self, room: &str) -> Option<&Listed> {
        self.rooms.iter().find(|listed| listed.name == room)
    }

    /// Whether exactly these people are present.
    pub fn has_people(&self, names: &[&str]) -> bool {
        let mut here: Vec<_> = self.people.iter().map(String::as_str).collect();
        let mut names = names.to_vec();
        here.sort_unstable();
        names.sort_unstable();
        here == names
    }
}
