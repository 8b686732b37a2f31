//! The rooms that a reader may read. No read of the hub or of the log is possible without a scope, be it a poll, a stream,
//! history, the list of rooms or presence. A scope decides nothing: it asks [`Readers`], each time anew, so that a held poll
//! is answered by the decision of that moment.

use std::fmt::Debug;
use std::sync::Arc;

use holdline_shared::{PersonId, RoomName, Seq};

/// The decisions about who may read what. An app that embeds the hub implements this trait for its own people.
///
/// The hub asks when a poll begins, and again when its entries are in hand. After a decision has changed,
/// [`Hub::scopes_changed`](crate::hub::Hub::scopes_changed) lets held polls ask again. To keep entries after a change from
/// readers who lost a room, change the decision before these entries are appended.
///
/// All functions are called for many polls, under locks of the hub: they neither wait nor call the hub.
pub trait Readers: Debug + Send + Sync + 'static {
    /// Whether `reader`, `None` for a caller without a session, may read the room at this moment. Not asked while
    /// [`hides_rooms_from`](Readers::hides_rooms_from) is false.
    fn may_read(&self, reader: Option<&PersonId>, room: &RoomName) -> bool;

    /// Whether any room, existing or not, is hidden from `reader` at this moment. While this is false, `reader` may read
    /// every room and shares answers with others. Should cost no more than an atomic load if it is false for everybody.
    fn hides_rooms_from(&self, reader: Option<&PersonId>) -> bool;

    /// Whether `reader` may read the room at this moment, by both decisions. Implemented by readers that make them in one step; the
    /// result must be the same.
    fn allows(&self, reader: Option<&PersonId>, room: &RoomName) -> bool {
        !self.hides_rooms_from(reader) || self.may_read(reader, room)
    }

    /// Whether `reader` may read nothing any more, because what let them in is over: a session, the door. Requests that are
    /// held then end with [`PollError::SessionOver`](crate::hub::PollError::SessionOver). Asked only while
    /// [`hides_rooms_from`](Readers::hides_rooms_from) is true.
    fn is_over(&self, reader: Option<&PersonId>) -> bool {
        let _ = reader;
        false
    }

    /// The position of the last change of the list of `reader`'s rooms; zero if there was none. A poll whose client knows of an
    /// earlier one only is answered at once, so that the client reads its list again.
    fn memberships(&self, reader: Option<&PersonId>) -> Seq {
        let _ = reader;
        Seq::START
    }
}

/// The rooms that a reader may read at any moment, and what the reader's client knows of their memberships.
///
/// The server makes one for each caller, in its operations alone. An app that embeds the hub decides itself
/// what to show to whom, and expresses the decision by the constructor that it calls.
#[derive(Debug, Clone)]
pub struct Scope {
    reader: Reader,
    /// The change of memberships that the client knows of; `None` for a client that is not told.
    known_memberships: Option<Seq>,
}

#[derive(Debug, Clone)]
enum Reader {
    /// A reader of every room.
    Unlimited,
    /// A reader about whom `readers` decide.
    Limited { readers: Arc<dyn Readers>, id: Option<PersonId> },
}

/// The scope of the hub itself, for reads that are shown to nobody or checked for each reader.
pub(crate) const EVERY_ROOM: &Scope = &Scope::of_every_room();

impl Scope {
    /// Allows every room, including later ones.
    pub const fn of_every_room() -> Self {
        Self { reader: Reader::Unlimited, known_memberships: None }
    }

    /// Allows the rooms that `readers` let this person read, or a caller without a session.
    pub fn of_reader(readers: Arc<dyn Readers>, reader: Option<PersonId>) -> Self {
        Self { reader: Reader::Limited { readers, id: reader }, known_memberships: None }
    }

    /// The same rooms, for a client that is to be told of changes of its memberships after this one.
    #[must_use]
    pub(crate) fn with_known_memberships(self, known_memberships: Option<Seq>) -> Self {
        Self { known_memberships, ..self }
    }

    /// The last change of the reader's memberships, if the client wants to know and does not know of it.
    pub(crate) fn membership_news(&self) -> Option<Seq> {
        let known = self.known_memberships?;
        let Reader::Limited { readers, id } = &self.reader else { return None };
        Some(readers.memberships(id.as_ref())).filter(|last| *last > known)
    }

    /// Whether any room is hidden from the reader at this moment.
    pub(crate) fn hides_rooms(&self) -> bool {
        match &self.reader {
            Reader::Unlimited => false,
            Reader::Limited { readers, id } => readers.hides_rooms_from(id.as_ref()),
        }
    }

    /// Whether the reader may read nothing any more.
    pub(crate) fn is_over(&self) -> bool {
        match &self.reader {
            Reader::Unlimited => false,
            Reader::Limited { readers, id } => {
                readers.hides_rooms_from(id.as_ref()) && readers.is_over(id.as_ref())
            }
        }
    }

    /// Whether this room may be read at this moment. The log's reserved rooms never may.
    pub(crate) fn allows(&self, room: &RoomName) -> bool {
        let is_allowed = || match &self.reader {
            Reader::Unlimited => true,
            Reader::Limited { readers, id } => readers.allows(id.as_ref(), room),
        };
        !room.is_reserved() && is_allowed()
    }
}

#[cfg(test)]
pub(crate) mod tests;
