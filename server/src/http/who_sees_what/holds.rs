//! Requests that are held while a step is taken, and what they are answered.

use std::collections::BTreeSet;

use holdline_shared::Cursor;
use serde_json::json;
use tokio::task::JoinHandle;

use super::client::{Answer, Ask, seqs};
use super::model::{Model, PROGRAM};
use super::steps::Act;
use super::webhooks::HOOK;
use super::world::{HOLD, MARK, World};
use super::{Checks, PATIENCE};

/// The requests of everybody while a step is taken.
pub(super) struct Held {
    /// Polls of all rooms.
    everywhere: Vec<(usize, JoinHandle<Answer>)>,
    in_a_room: Vec<HeldInRoom>,
}

/// A request for one room.
struct HeldInRoom {
    who: usize,
    room: String,
    /// Whether it ends when the room is hidden; the classic route goes on waiting, as for a room that may come.
    ends: bool,
    answer: JoinHandle<Answer>,
}

impl World {
    /// Holds a poll of all rooms and a request for one room for those whom the step may concern, and for somebody else.
    pub(super) async fn hold(&mut self, act: &Act) -> Held {
        let client = self.client.clone();
        let hold = |who: usize, path: String| {
            let client = client.clone();
            tokio::spawn(async move { client.get(who, path).await })
        };
        let cursor = Cursor { epoch: self.hub.log().epoch(), seq: self.hub.head() };
        let (mut everywhere, mut in_a_room) = (Vec::new(), Vec::new());
        let poll = |room: &str| format!("/api/v1/poll?room={room}&after={cursor}&wait={}", HOLD.as_secs());
        let everybody = [act.who, act.whom, self.random.below(PROGRAM + 1)];
        for who in everybody {
            everywhere.push((who, hold(who, poll("*"))));
            let room = if who == everybody[2] { self.any_room() } else { act.room.clone() };
            if !self.model.sees(who, &room) {
                continue;
            }
            let path = match self.random.below(4) {
                0 | 1 => poll(&room),
                2 => format!("/api/v1/events?room={room}&after={cursor}"),
                _ => format!("/subscribe?room={room}&wait=100"),
            };
            let ends = !path.starts_with("/subscribe");
            in_a_room.push(HeldInRoom { who, room, ends, answer: hold(who, path) });
        }
        // The requests begin before the step, or not: both are right.
        tokio::task::yield_now().await;
        Held { everywhere, in_a_room }
    }

    /// Ends what is held, and checks what it was answered after the step.
    pub(super) async fn end(&mut self, held: Held, before: &Model, checks: &mut Checks) {
        let body = json!({ "key": self.key(), "text": self.mark("lobby") });
        let said = self.succeeds(0, Ask::new("POST", "/api/v1/rooms/lobby/messages", body)).await;
        self.model.fold(&said.json());
        let seed = self.seed;
        for (who, poll) in held.everywhere {
            let ended = tokio::time::timeout(PATIENCE, poll).await;
            let answer = ended.unwrap_or_else(|_| panic!("seed {seed}: {who} is held still")).unwrap();
            self.check_answer(who, &answer, before, checks);
        }
        for HeldInRoom { who, room, ends, answer } in held.in_a_room {
            let must_end = ends && !self.model.sees(who, &room);
            if !must_end && !answer.is_finished() {
                answer.abort();
                continue;
            }
            let ended = tokio::time::timeout(PATIENCE, answer).await;
            let answer = ended.unwrap_or_else(|_| panic!("seed {seed}: {who} is held in {room}")).unwrap();
            // An empty answer would be that of a hold that is over, or of a public room that was deleted.
            let is_empty = answer.text.starts_with("{\"entries\":[]");
            assert!(
                !must_end || !is_empty || !self.model.rooms.contains_key(&room),
                "seed {seed}: {who} was held in {room}: {}",
                answer.text
            );
            checks.ended += u64::from(must_end);
            self.check_answer(who, &answer, before, checks);
        }
    }

    /// Checks the answer to what was held: all of it may be read after the step, or could before.
    fn check_answer(&self, who: usize, answer: &Answer, before: &Model, checks: &mut Checks) {
        let Answer { status, text, .. } = answer;
        assert!([200, 401, 403, 404, 410].contains(status), "seed {}: {who}: {text}", self.seed);
        let batches = text.lines().map(|line| line.strip_prefix("data: ").unwrap_or(line));
        let batches = batches.filter(|line| *status == 200 && line.starts_with('{'));
        let entries: BTreeSet<u64> = batches.flat_map(seqs).collect();
        let mut allowed = self.model.entries(who);
        allowed.extend(before.entries(who));
        let seed = self.seed;
        assert!(
            entries.is_subset(&allowed),
            "seed {seed}: {who} was told {entries:?} of {allowed:?}: {text}"
        );
        checks.entries += entries.len() as u64;
        self.check_marks(who, text, Some(before));
    }

    /// Checks that no answer has anything of a room that its reader may not read.
    pub(super) fn check_marks(&self, who: usize, text: &str, before: Option<&Model>) {
        let models = || [Some(&self.model), before].into_iter().flatten();
        let starts = [MARK, HOOK].into_iter().flat_map(|start| text.match_indices(start));
        let marks = starts.filter_map(|(at, _)| text[at..].split_inclusive('.').next());
        for mark in marks.filter(|mark| self.model.marks.contains_key(*mark)) {
            let may_know = models().any(|model| model.may_know(who, mark));
            assert!(may_know, "seed {}: {who} reads {mark}: {text}", self.seed);
        }
        let hidden = self.model.rooms.iter().filter(|(_, room)| room.is_hidden).map(|(name, _)| name);
        for name in hidden.filter(|name| text.contains(name.as_str())) {
            let may_read = models().any(|model| model.sees(who, name));
            assert!(may_read, "seed {}: {who} reads of {name}: {text}", self.seed);
        }
    }
}
