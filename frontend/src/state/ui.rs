//! The state of the interface itself: the page, what lies over it, and per room everything that a reader would miss when
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
    /// The thing that is open besides the conversation.
    pub overlay: Overlay,
    /// The room that the page is to go to, once.
    pub headed: Option<RoomName>,
    /// A notice for the reader: why what they wanted was not done.
    pub notice: Option<String>,
    /// Whether the reader looks at the page: it is visible and its window has the focus.
    pub is_attended: bool,
    /// Whether the newest message of the room on the screen is in sight, as measured there.
    pub is_at_end: bool,
    rooms: LiteMap<RoomName, Rc<RoomUi>>,
}

/// The thing that is open besides the conversation; at most one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Overlay {
    /// Nothing.
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
    /// The text that was typed and not sent.
    pub writing: Writing,
    /// Counts the occasions on which the composer is to take the focus.
    pub composer_focus: u32,
    /// The message whose deletion waits for a yes.
    pub deleting: Option<Seq>,
    /// The message where the reader was when they left; `None` at the newest one.
    pub place: Option<Place>,
    /// The place where the reader wants to be.
    pub goal: Option<Goal>,
    /// The messages from which the reader has followed quotes, the last one last.
    pub ways_back: Vec<Seq>,
    /// The first message that was new when the reader came.
    pub new_from: Option<Seq>,
}

/// The texts that were typed in a room and not sent. Kept in storage, and one for all tabs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Writing {
    /// The composer's text.
    pub draft: String,
    /// The message that it answers.
    pub reply_to: Option<Seq>,
    /// The message that is being changed.
    pub edit: Option<Edit>,
}

/// A message being changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The message.
    pub seq: Seq,
    /// Its text when the change began.
    pub before: MessageText,
    /// The text as it is typed so far.
    pub text: String,
}

impl Writing {
    /// Whether anything that was typed waits to be sent.
    pub fn is_begun(&self) -> bool {
        !self.draft.trim().is_empty() || self.edit.is_some()
    }

    /// The length of all texts, in bytes.
    pub fn bytes(&self) -> usize {
        self.draft.len() + self.edit.as_ref().map_or(0, |edit| edit.text.len())
    }

    /// Puts a text below what is typed in the composer already.
    pub fn append(&mut self, text: &str) {
        if !self.draft.is_empty() {
            self.draft.push('\n');
        }
        self.draft.push_str(text);
    }
}

impl Edit {
    /// Whether anything was typed.
    pub fn is_changed(&self) -> bool {
        self.text != self.before.as_str()
    }
}

/// A place in a conversation: a message, and how far below the upper edge of the view it stands, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// The message.
    pub seq: Seq,
    /// The distance.
    pub offset: f64,
}

/// A place where the reader wants to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// The newest message.
    Newest,
    /// This message, with the focus on it.
    Message(Seq),
    /// The place where they were before.
    Place(Place),
    /// The first new message, with the line above it in sight.
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

    /// The rooms of which something is kept.
    pub fn rooms(&self) -> impl Iterator<Item = (&RoomName, &Rc<RoomUi>)> {
        self.rooms.iter()
    }

    /// The server has told of the link with this code, whose page may be left by now.
    pub fn see_link(&mut self, code: &str, link: Link) {
        if matches!(&self.page, Page::Join(open) if open == code) {
            self.link = link;
        }
    }

    /// Goes to another page. What lay over the old one goes with it.
    pub fn go_to(&mut self, page: Page) {
        self.page = page;
        self.link = Link::default();
        self.overlay = Overlay::Nothing;
        self.headed = None;
        self.notice = None;
        self.is_at_end = false;
    }
}
