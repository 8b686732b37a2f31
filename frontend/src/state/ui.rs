//! The state of the interface itself: the page, the overlay, and for each room everything that a reader would miss when
//! coming back to it.

use std::rc::Rc;

use holdline_shared::{MessageText, RoomName, Seq};
use litemap::LiteMap;

use super::{Link, Page, Panel};

/// The interface.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ui {
    /// The page that the address bar names.
    pub page: Page,
    /// The state of the link, on a link's page.
    pub link: Link,
    /// The overlay that is open.
    pub overlay: Overlay,
    /// The room to which the page is to go, once.
    pub headed: Option<RoomName>,
    /// The notice above the composer.
    pub notice: Option<Notice>,
    /// Whether the reader looks at the page: it is visible and its window has the focus.
    pub is_attended: bool,
    /// Whether the newest message of the room on the screen is in view, as measured there.
    pub is_at_end: bool,
    rooms: LiteMap<RoomName, Rc<RoomUi>>,
}

/// A notice for the reader. Stays until the reader closes it or goes to another room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The reason why something was not done.
    Problem(String),
    /// The fact that something was done or has changed.
    News(String),
}

/// The overlay beside or over the conversation; at most one is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Overlay {
    /// No overlay.
    #[default]
    Nothing,
    /// The drawer with the rooms, on a narrow screen.
    Rooms,
    /// The drawer with the people.
    People,
    /// A dialog about people, the room or the server.
    Panel(Panel),
    /// The field for the topic of the room on the screen.
    Topic,
}

/// The interface of one room.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RoomUi {
    /// The unsent text.
    pub writing: Writing,
    /// A counter; the composer takes the focus when it changes.
    pub composer_focus: u32,
    /// The message whose deletion awaits confirmation.
    pub deleting: Option<Seq>,
    /// The place at which the reader left the room; `None` at the newest message.
    pub place: Option<Place>,
    /// The place to which the view is to go.
    pub goal: Option<Goal>,
    /// The messages from which the reader followed quotes, the most recent last.
    pub ways_back: Vec<Seq>,
    /// The first message that was new when the reader entered the room.
    pub new_from: Option<Seq>,
    /// The last time that many messages came at once.
    pub burst: Option<Burst>,
}

/// Messages that came at once, and of which screen readers announce the number alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// The newest message.
    pub newest: Seq,
    /// The number of messages.
    pub count: usize,
}

/// The unsent texts of a room. Kept in storage, and shared by all tabs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Writing {
    /// The composer's text.
    pub draft: String,
    /// The message that it answers.
    pub reply_to: Option<Seq>,
    /// The edit in progress.
    pub edit: Option<Edit>,
}

/// An edit in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The message.
    pub seq: Seq,
    /// The message's text when the edit began.
    pub before: MessageText,
    /// The text typed so far.
    pub text: String,
}

impl Writing {
    /// Whether any text is unsent.
    pub fn is_begun(&self) -> bool {
        !self.draft.trim().is_empty() || self.edit.is_some()
    }

    /// The length of all texts, in bytes.
    pub fn bytes(&self) -> usize {
        self.draft.len() + self.edit.as_ref().map_or(0, |edit| edit.text.len())
    }

    /// Appends a text below the composer's draft.
    pub fn append(&mut self, text: &str) {
        if !self.draft.is_empty() {
            self.draft.push('\n');
        }
        self.draft.push_str(text);
    }
}

impl Edit {
    /// Whether the text differs from the message's.
    pub fn is_changed(&self) -> bool {
        self.text != self.before.as_str()
    }
}

/// A place in a conversation: a message, and its distance below the upper edge of the view, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// The message.
    pub seq: Seq,
    /// The distance.
    pub offset: f64,
}

/// A place to which the view is to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// The newest message.
    Newest,
    /// This message, with the focus on it.
    Message(Seq),
    /// The place where the reader was before.
    Place(Place),
    /// The first new message, with the line above it in view.
    New(Seq),
}

impl Ui {
    /// The interface of a room.
    pub fn of(&self, room: &RoomName) -> Rc<RoomUi> {
        self.rooms.get(room).cloned().unwrap_or_default()
    }

    /// Changes the interface of a room.
    pub fn change(&mut self, room: &RoomName, change: impl FnOnce(&mut RoomUi)) {
        change(Rc::make_mut(self.rooms.entry(room.clone()).or_default()));
    }

    /// The rooms whose interface has state.
    pub fn rooms(&self) -> impl Iterator<Item = (&RoomName, &Rc<RoomUi>)> {
        self.rooms.iter()
    }

    /// Records the state of the link with this code, unless the reader has left its page.
    pub fn see_link(&mut self, code: &str, link: Link) {
        if matches!(&self.page, Page::Join(open) if open == code) {
            self.link = link;
        }
    }

    /// Goes to another page, and closes what lay over the old one.
    pub fn go_to(&mut self, page: Page) {
        self.page = page;
        self.link = Link::default();
        self.overlay = Overlay::Nothing;
        self.headed = None;
        self.notice = None;
        self.is_at_end = false;
    }
}
