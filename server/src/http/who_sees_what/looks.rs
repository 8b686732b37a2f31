//! The looks that people take at everything, and what they must see there.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Checks;
use super::client::{Answer, Told, ToldEntry, parse, seqs};
use super::model::{PROGRAM, STRANGER};
use super::steps::Act;
use super::world::World;

/// Lists and details in which nothing of a hidden room may stand.
const LISTS: [&str; 9] = [
    "/api/v1/people",
    "/api/v1/invites",
    "/api/v1/tokens",
    "/api/v1/audit",
    "/api/v1/bans",
    "/api/v1/me",
    "/api/v1/me/sessions",
    "/api/v1/door",
    "/readyz",
];

/// The ways to look into a room.
const INTO_A_ROOM: [IntoRoom; 5] =
    [IntoRoom::Poll, IntoRoom::PollWithHere, IntoRoom::History, IntoRoom::Message, IntoRoom::Classic];

/// A way to look into a room.
#[derive(Debug, Clone, Copy)]
enum IntoRoom {
    Poll,
    PollWithHere,
    History,
    /// The newest message alone; a reply's quote is read like this.
    Message,
    Classic,
}

/// A way to look at all rooms, or at none.
#[derive(Debug, Clone, Copy)]
enum Beside {
    Events,
    Rooms,
    Metrics,
    Lists,
}

#[derive(Deserialize)]
struct ToldRooms {
    rooms: Vec<ToldRoom>,
}

#[derive(Deserialize)]
struct ToldRoom {
    name: String,
}

impl World {
    /// Looks as somebody, mostly one whom the step concerned, at the entries of all rooms, at the step's room or another one, and
    /// at something beside.
    pub(super) async fn look(&mut self, act: &Act, checks: &mut Checks) {
        let who = [act.whom, act.whom, act.who, self.random.below(PROGRAM + 1)][self.random.below(4)];
        self.look_everywhere(who, checks).await;
        let beside = [Beside::Events, Beside::Rooms, Beside::Metrics, Beside::Lists][self.random.below(4)];
        self.look_beside(who, beside, 1).await;
        let room = if self.random.below(2) == 0 { act.room.clone() } else { self.any_room() };
        self.look_at(who, &room, 2, checks).await;
    }

    /// Looks at everything as somebody, or as a stranger.
    pub(super) async fn look_at_everything(&mut self, checks: &mut Checks) {
        let who = self.random.below(PROGRAM + 1);
        self.look_everywhere(who, checks).await;
        for beside in [Beside::Events, Beside::Rooms, Beside::Metrics, Beside::Lists] {
            self.look_beside(who, beside, LISTS.len()).await;
        }
        for room in self.model.names().iter().chain(&self.gone.clone()) {
            self.look_at(who, room, INTO_A_ROOM.len(), checks).await;
        }
    }

    async fn look_everywhere(&mut self, who: usize, checks: &mut Checks) {
        let poll = self.client.get(who, "/api/v1/poll?room=*&after=start&wait=0").await;
        self.check_marks(who, &poll.text, None);
        let is_inside = self.model.is_inside(who);
        assert_eq!(poll.status == 200, is_inside, "seed {}: {who}: {}", self.seed, poll.text);
        if is_inside {
            let entries = seqs(&poll.text);
            assert_eq!(entries, self.model.entries(who), "seed {}: {who}", self.seed);
            checks.entries += entries.len() as u64;
        }
    }

    async fn look_beside(&mut self, who: usize, beside: Beside, lists: usize) {
        let (seed, is_inside, client) = (self.seed, self.model.is_inside(who), self.client.clone());
        match beside {
            Beside::Events => {
                let (status, stream) = client.first_event(who, "/api/v1/events?room=*&after=start").await;
                self.check_marks(who, &stream, None);
                assert_eq!(status == 200, is_inside, "seed {seed}: {who}: {stream}");
                if is_inside {
                    let data = stream.strip_prefix("data: ").and_then(|data| data.lines().next()).unwrap();
                    assert_eq!(seqs(data), self.model.entries(who), "seed {seed}: {who}");
                }
            }
            Beside::Rooms => {
                let list = client.get(who, "/api/v1/rooms").await;
                self.check_marks(who, &list.text, None);
                if is_inside {
                    let rooms = parse::<ToldRooms>(&list.text).rooms;
                    let listed: BTreeSet<&str> = rooms.iter().map(|room| &*room.name).collect();
                    let due = self.model.rooms.keys().filter(|room| self.model.sees(who, room));
                    assert_eq!(listed, due.map(String::as_str).collect(), "seed {seed}: {who}");
                }
            }
            Beside::Metrics => {
                let metrics = client.get(who, "/metrics").await;
                assert_eq!(metrics.status == 200, who == 0, "seed {seed}: {who}: {}", metrics.text);
                // Not even those who may read a room find its name there.
                self.check_marks(STRANGER, &metrics.text, None);
            }
            Beside::Lists => {
                for path in self.random.some(lists, LISTS.to_vec()) {
                    self.check_marks(who, &client.get(who, path).await.text, None);
                }
            }
        }
    }

    /// Looks into a room in some of the ways, or for it if it does not exist for this reader.
    async fn look_at(&mut self, who: usize, room: &str, ways: usize, checks: &mut Checks) {
        if self.model.sees(who, room) {
            for way in self.random.some(ways, INTO_A_ROOM.to_vec()) {
                self.look_into(who, room, way).await;
            }
        } else {
            self.check_hidden(who, room, ways, checks).await;
        }
    }

    async fn look_into(&self, who: usize, name: &str, way: IntoRoom) {
        let (room, newest) = (&self.model.rooms[name], self.model.rooms[name].messages.last_key_value());
        let poll = format!("/api/v1/poll?room={name}&after=start&wait=0");
        let path = match way {
            IntoRoom::Poll => poll,
            IntoRoom::PollWithHere => format!("{poll}&here={name}"),
            IntoRoom::History => format!("/api/v1/rooms/{name}/messages"),
            IntoRoom::Message => {
                let Some((seq, _)) = newest else { return };
                format!("/api/v1/rooms/{name}/messages/{seq}")
            }
            IntoRoom::Classic => format!("/subscribe?room={name}&wait=0"),
        };
        let Answer { status, text, .. } = self.client.get(who, path).await;
        self.check_marks(who, &text, None);
        let what = || format!("seed {}: {who}: {name}: {way:?}: {text}", self.seed);
        match way {
            // Only a person with a session can be here.
            IntoRoom::PollWithHere if who >= STRANGER => {
                assert!([401, 403].contains(&status), "{}", what());
            }
            IntoRoom::Poll | IntoRoom::PollWithHere => assert_eq!(seqs(&text), room.entries, "{}", what()),
            IntoRoom::History => {
                let messages = parse::<Told>(&text).entries.into_iter().map(|told| (told.seq, told.text));
                assert_eq!(messages.collect::<Vec<_>>(), Vec::from_iter(room.messages.clone()), "{}", what());
            }
            IntoRoom::Message => {
                let told: ToldEntry = parse(&text);
                assert_eq!(Some((&told.seq, &told.text)), newest, "{}", what());
            }
            IntoRoom::Classic => assert_eq!((status, &*text), (200, ""), "{}", what()),
        }
    }
}
