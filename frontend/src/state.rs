//! The page's state, in slices, and the one reducer that changes it. Takes entries, pages of history, statuses and user
//! actions as input; uses no browser API, clock or network, so that all of it is tested on the host.

mod action;
mod colour;
mod connection;
mod editing;
mod entrance;
mod hearing;
mod keyed;
mod line;
mod lines;
mod link;
mod links;
mod locale;
mod namesakes;
mod navigation;
mod notices;
mod outbox;
mod page;
mod people;
mod profiles;
mod request;
mod room;
mod room_list;
mod rooms;
mod rows;
#[cfg(test)]
pub(crate) mod samples;
mod seen;
mod session;
mod settings;
mod snapshot;
mod standing;
mod ui;
mod window;
mod writing_rules;

use std::rc::Rc;

use holdline_shared::{DoorStatus, RoomName};
use litemap::LiteMap;

pub use action::Action;
pub use colour::{HUES, hue, initials};
pub use connection::Connection;
pub use entrance::Entrance;
pub use keyed::keyed;
pub use line::Line;
pub use lines::Lines;
pub use link::Link;
pub use links::{Piece, pieces};
#[cfg(any(test, not(target_arch = "wasm32")))]
pub use locale::utc;
pub use locale::{Day, Locale};
pub use namesakes::{Names, Namesakes};
pub use notices::Notices;
pub use outbox::{Outbox, Progress, Sending};
pub use page::{Page, typed_room};
pub use people::People;
pub use profiles::{Mark, Profiles, is_somebody};
pub use request::{Grant, Invitation, Part, Request};
pub use room::{Gap, Listed, Older, Phase, Room};
pub use room_list::{ListedRoom, listed_rooms, unread};
pub use rooms::{Rooms, VISITED, is_made_by_server, is_nameless};
pub use rows::{Row, rows};
pub use seen::Seen;
pub use session::{Gate, Session};
pub use settings::{
    AuditChange, AuditLine, Ban, Hook, HookWay, Listing, Membership, Panel, Secret, Settings, Token,
};
pub use settings::{OWN, ROOM, SERVER};
pub use snapshot::Snapshot;
pub use ui::{Burst, Edit, Goal, Notice, Overlay, Place, RoomUi, Ui, Writing};
pub use window::Window;
pub use writing_rules::{Barrier, Powers, barrier, is_room_admin, slow_seconds};

/// The whole state of the page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// The reader's session, and the door.
    pub session: Session,
    /// The people present, and those who have an account.
    pub people: People,
    /// The rooms.
    pub rooms: Rooms,
    /// Outgoing messages.
    pub outbox: Outbox,
    /// The outcome of requests about people and rooms.
    pub settings: Settings,
    /// The connection.
    pub connection: Connection,
    /// The interface.
    pub ui: Ui,
}

/// The data that storage keeps between visits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Saved {
    /// Whether the browser has had a session here.
    pub is_known: bool,
    /// The visited rooms, the most recent first.
    pub visited: Vec<RoomName>,
    /// The position up to which each room was seen.
    pub seen: Seen,
    /// Outgoing messages.
    pub outbox: Vec<Sending>,
    /// Unsent text, by room.
    pub writing: LiteMap<RoomName, Writing>,
}

impl State {
    /// Restores the state of a new page from stored data.
    pub fn restore(saved: Saved) -> Self {
        let mut state = Self {
            session: Session { is_remembered: saved.is_known, ..Session::default() },
            rooms: Rooms::restore(saved.visited, saved.seen),
            outbox: Outbox::restore(saved.outbox),
            ..Self::default()
        };
        for (room, writing) in saved.writing {
            state.ui.change(&room, |ui| ui.writing = writing);
        }
        state
    }

    /// The room on the screen.
    pub fn room(&self) -> Option<&Rc<Room>> {
        self.rooms.get(self.ui.page.room()?)
    }

    /// Whether the page has finished opening: it shows a room with its messages, or the reason why it cannot.
    pub fn has_opened(&self) -> bool {
        let is_answered = |phase: &Phase| *phase == Phase::Ready || phase.is_closed();
        let is_there = |room: &Rc<Room>| is_answered(&room.phase) && self.session.me.is_some();
        self.session.gate.is_some() || self.room().is_none_or(is_there)
    }

    /// The rooms to poll; none while the reader is shut out.
    pub fn followed(&self) -> Vec<RoomName> {
        if self.session.gate.is_some() {
            return Vec::new();
        }
        self.rooms.followed(self.ui.page.room())
    }

    /// The room in which others see the reader: the one on the screen, once there is a session. A poll that names a
    /// room that the server refuses would be refused as a whole.
    pub fn here(&self) -> Option<RoomName> {
        let is_joined = |room: &&Rc<Room>| matches!(room.phase, Phase::Joining | Phase::Ready);
        self.session.me.as_ref().and(self.room().filter(is_joined)).map(|room| room.name.clone())
    }

    /// Returns the state after `action`.
    #[must_use]
    pub fn after(mut self, action: Action) -> Self {
        match action {
            Action::SignedIn(me) => self.sign_in(me),
            Action::DoorSeen(DoorStatus { door, person, .. }) => {
                self.session.door = Some(door);
                self.session.account = person;
            }
            Action::Asked => self.settings = Settings { is_busy: true, ..self.settings.cleared() },
            Action::Failed(why) => self.settings = Settings { problem: Some(why), ..self.settings.cleared() },
            Action::AccountCame(me) => self.session.account = Some(me),
            Action::Answered(settings) => self.settings = settings,
            Action::ListingCame(listing) => self.show_listing(listing),
            Action::ShutOut(gate) => {
                self.session.gate = Some(gate);
                self.session.me = None;
            }
            Action::ProfilesCame(list) => self.people.profiles = Profiles::of(list),
            Action::RoomPeopleCame(name, people) => self.note_room_people(name, people),
            Action::SessionForgotten => self.session.is_forgotten = true,
            Action::Went(page) => self.go_to(page),
            Action::LinkSeen(code, link) => self.ui.see_link(&code, link),
            Action::Attended(is_attended) => self.ui.is_attended = is_attended,
            Action::RoomWanted(name) => self.rooms.want(&name),
            Action::Joining(name) => {
                self.rooms.confirm(&name);
                self.rooms.change(&name, |room, _| room.phase = Phase::Joining);
            }
            Action::Joined(name, page) => self.join(&name, page),
            Action::Recalled(snapshot) => self.recall(snapshot),
            Action::Missing(name) => self.show_missing(&name),
            Action::Refused(name, why) => self.close(&name, Phase::Refused(why)),
            Action::OlderAsked(name) => self.rooms.change(&name, |room, _| room.older = Older::Loading),
            Action::OlderCame(name, before, page) => {
                self.people.names.note_authors(&page);
                self.rooms.change(&name, |room, _| room.extend(before, page));
                self.settle_edit(&name);
            }
            Action::Jumped(name, before, page) => self.jump(&name, before, page),
            Action::OlderFailed(name) => self.rooms.change(&name, |room, _| room.older = Older::Failed),
            Action::Heard(batch) => self.hear(batch),
            Action::LostPlace => self.rooms.must_rejoin_all_but(self.ui.page.room()),
            Action::Connected(status, at) => self.connection.update(status, at),
            Action::SignInNeeded => self.connection.needs_sign_in = true,
            Action::ConnectionDoubted => self.connection.doubts += 1,
            Action::Outdated => self.connection.is_outdated = true,
            Action::Listed(list) => self.update_list(list),
            Action::Forgot(name) => self.rooms.forget(&name),
            Action::VisitedElsewhere(visited) => self.adopt_visited(visited),
            Action::SeenElsewhere(seen) => self.rooms.merge_seen(&seen),
            Action::Read(name, seq) => self.rooms.read(&name, seq),
            Action::AtEnd(name, is_at_end) => {
                self.ui.is_at_end = is_at_end && self.ui.page.room() == Some(&name);
                if is_at_end {
                    self.ui.change(&name, |ui| ui.ways_back.clear());
                }
            }
            Action::LeftAt(name, place) => self.ui.change(&name, |ui| ui.place = place),
            Action::Aimed(name, goal) => self.ui.change(&name, |ui| ui.goal = goal),
            Action::FollowedQuote { room, seq, from } => self.ui.change(&room, |ui| {
                ui.goal = Some(Goal::Message(seq));
                ui.ways_back.extend(from);
            }),
            Action::WentBack(name) => self.ui.change(&name, |ui| {
                let goal = ui.ways_back.pop().map(Goal::Message);
                ui.goal = goal.or(ui.goal);
            }),
            Action::Wrote(name, writing) => {
                self.ui.change(&name, |ui| ui.writing = writing);
                self.settle_edit(&name);
            }
            Action::ComposerWanted(name) => self.ui.change(&name, |ui| ui.composer_focus += 1),
            Action::Deleting(name, seq) => self.ui.change(&name, |ui| ui.deleting = seq),
            Action::Said { room, request, at } => {
                self.ui.change(&room, |ui| ui.goal = Some(Goal::Newest));
                self.outbox.push(room, request, at);
            }
            Action::Progressed(key, progress) => {
                self.outbox.advance(key, progress);
                self.settle_sent();
            }
            Action::SendingDelayed(why) => self.outbox.delay = why,
            Action::SentElsewhere(item) => self.outbox.put(item),
            Action::Discarded(key) => self.outbox.discard(key),
            Action::Opened(overlay) => {
                self.ui.overlay = overlay;
                self.settings = Settings::default();
            }
            Action::Entered(room) => {
                self.settings = Settings::default();
                self.ui.overlay = Overlay::Nothing;
                self.ui.headed = room;
            }
            Action::Noticed(notice) => self.ui.notice = notice,
        }
        self
    }

    /// Settles sent messages whose entries a poll brought before the response to the publish.
    fn settle_sent(&mut self) {
        for room in self.rooms.known().iter().filter(|room| room.phase == Phase::Ready) {
            self.outbox.settle_up_to(&room.name, room.head);
        }
    }
}

#[cfg(test)]
mod tests;
