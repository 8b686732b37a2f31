//! The looks that people take at everything, and what they must see there.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::Checks;
use super::model::{Model, STRANGER};
use super::world::{Held, World, is_success, parse, seqs};

/// The time after which a held poll that should have ended has not.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

impl World {
    /// Ends the held polls, and checks what they were answered after the step.
    pub(super) async fn end(&mut self, held: Held, before: &Model, checks: &mut Checks) {
        let sentinel = self.mark("lobby");
        let key = format!("7f2c1b9e-4a5d-4c3b-9e8e-{:012x}", self.marks);
        let said = json!({ "key": key, "text": sentinel });
        let (status, text) = self.client.ask(0, "POST", "/api/v1/rooms/lobby/messages", Some(said)).await;
        assert!(is_success(status), "{text}");
        self.model.fold(&parse(&text));
        let seed = self.seed;
        for (who, poll) in held.everywhere.into_iter().enumerate() {
            let ended = tokio::time::timeout(PATIENCE, poll).await;
            let (status, text) =
                ended.unwrap_or_else(|_| panic!("seed {seed}: {who} is held still")).unwrap();
            self.check_answer(who, status, &text, before, checks);
        }
        for (who, room, poll) in held.in_a_room {
            if self.model.sees(who, &room) {
                if poll.is_finished() {
                    let (status, text) = poll.await.unwrap();
                    self.check_answer(who, status, &text, before, checks);
                } else {
                    poll.abort();
                }
                continue;
            }
            let ended = tokio::time::timeout(PATIENCE, poll).await;
            let (status, text) =
                ended.unwrap_or_else(|_| panic!("seed {seed}: {who} is held in {room}")).unwrap();
            checks.ended += 1;
            self.check_answer(who, status, &text, before, checks);
        }
    }

    /// Checks a held poll's answer: all of it may be read after the step, or could before.
    fn check_answer(&self, who: usize, status: u16, text: &str, before: &Model, checks: &mut Checks) {
        let seed = self.seed;
        if status == 200 {
            let entries = seqs(&parse(text)["entries"]);
            let mut allowed = self.model.entries(who);
            allowed.extend(before.entries(who));
            assert!(
                entries.is_subset(&allowed),
                "seed {seed}: {who} was told {entries:?} of {allowed:?}: {text}"
            );
            checks.entries += entries.len() as u64;
        } else {
            assert!([401, 403, 404, 410].contains(&status), "seed {seed}: {who}: {text}");
        }
        self.check_marks(who, text, Some(before));
    }

    /// Checks that no answer has anything of a room that its reader may not read.
    fn check_marks(&self, who: usize, text: &str, before: Option<&Model>) {
        for (mark, room) in &self.model.marks {
            let may_read = self.model.sees(who, room) || before.is_some_and(|before| before.sees(who, room));
            assert!(
                may_read || !text.contains(mark),
                "seed {}: {who} reads {mark} of {room}: {text}",
                self.seed
            );
        }
        for (name, room) in &self.model.rooms {
            let may_read = self.model.sees(who, name) || before.is_some_and(|before| before.sees(who, name));
            assert!(
                !room.is_hidden || may_read || !text.contains(name.as_str()),
                "seed {}: {who} reads of {name}: {text}",
                self.seed
            );
        }
    }

    /// Looks at everything as this person, or as a stranger.
    pub(super) async fn look(&self, who: usize, checks: &mut Checks) {
        let (seed, is_inside) = (self.seed, self.model.is_inside(who));
        let ask = async |method: &'static str, path: &str, body: Option<Value>| {
            self.client.ask(who, method, path, body).await
        };
        let (status, text) = ask("GET", "/api/v1/poll?room=*&after=start&wait=0", None).await;
        self.check_marks(who, &text, None);
        assert_eq!(status == 200, is_inside, "seed {seed}: {who}: {text}");
        let (stream_status, stream) = self.client.first_event(who, "/api/v1/events?room=*&after=start").await;
        self.check_marks(who, &stream, None);
        assert_eq!(stream_status == 200, is_inside, "seed {seed}: {who}: {stream}");
        let (_, list) = ask("GET", "/api/v1/rooms", None).await;
        self.check_marks(who, &list, None);
        let (_, people) = ask("GET", "/api/v1/people", None).await;
        self.check_marks(who, &people, None);
        let (_, metrics) = ask("GET", "/metrics", None).await;
        self.check_marks(STRANGER, &metrics, None);
        if is_inside {
            let entries = seqs(&parse(&text)["entries"]);
            assert_eq!(entries, self.model.entries(who), "seed {seed}: {who}");
            checks.entries += entries.len() as u64;
            let data = stream.strip_prefix("data: ").and_then(|data| data.lines().next()).unwrap();
            assert_eq!(seqs(&parse(data)["entries"]), entries, "seed {seed}: {who}");
            let listed: BTreeSet<String> = parse(&list)["rooms"]
                .as_array()
                .unwrap()
                .iter()
                .map(|room| room["name"].as_str().unwrap().to_owned())
                .collect();
            let rooms = self.model.rooms.keys().filter(|room| self.model.sees(who, room)).cloned();
            assert_eq!(listed, rooms.collect(), "seed {seed}: {who}");
        }
        let mut names: Vec<String> = self.model.rooms.keys().cloned().collect();
        names.extend(self.gone.iter().cloned());
        for room in names {
            self.look_at(who, &room, checks).await;
        }
    }

    /// Looks at a room: all that is in it, or what everybody hears of a room that never was.
    async fn look_at(&self, who: usize, room: &str, checks: &mut Checks) {
        let (seed, first) = (self.seed, self.model.rooms.get(room).and_then(|room| room.messages.first()));
        let seq = first.map_or(1, |seq| *seq);
        let key = "7f2c1b9e-4a5d-4c3b-9e8f-ffffffffffff";
        let reads = [
            format!("/api/v1/poll?room={room}&after=start&wait=0"),
            format!("/api/v1/rooms/{room}/messages"),
            format!("/api/v1/rooms/{room}/messages/{seq}"),
            format!("/api/v1/rooms/{room}/members"),
            format!("/api/v1/rooms/{room}/hooks"),
            format!("/api/v1/poll?room={room}&after=start&wait=0&here={room}"),
        ];
        let may_read = self.model.sees(who, room);
        for path in &reads {
            let (status, text) = self.client.ask(who, "GET", path, None).await;
            if may_read {
                let room = &self.model.rooms[room];
                if path.ends_with("wait=0") {
                    assert_eq!(seqs(&parse(&text)["entries"]), room.entries, "seed {seed}: {who}: {path}");
                } else if path.ends_with("/messages") {
                    assert_eq!(seqs(&parse(&text)["messages"]), room.messages, "seed {seed}: {who}: {path}");
                }
            } else {
                self.check_hidden((who, "GET", path), room, (status, text), None, checks).await;
            }
        }
        if may_read {
            return;
        }
        let own = self.model.ids.get(who).unwrap_or(&self.model.ids[0]);
        let at = format!("/api/v1/rooms/{room}");
        let writes = [
            ("POST", format!("{at}/messages"), Some(json!({ "key": key, "text": "x" }))),
            ("PATCH", format!("{at}/messages/{seq}"), Some(json!({ "text": "x" }))),
            ("DELETE", format!("{at}/messages/{seq}"), None),
            ("PUT", format!("{at}/messages/{seq}/reactions/%F0%9F%91%8D"), None),
            ("POST", format!("{at}/messages/{seq}/report"), Some(json!({ "reason": "x" }))),
            ("PUT", format!("{at}/members/{own}"), Some(json!({ "role": "member" }))),
            ("DELETE", format!("{at}/members/{own}"), None),
            ("DELETE", format!("{at}?confirm={room}"), None),
            ("POST", format!("{at}/hooks"), Some(json!({ "way": "incoming", "name": "x" }))),
            ("DELETE", format!("{at}/hooks/{own}"), None),
        ];
        for (method, path, body) in writes {
            let answer = self.client.ask(who, method, &path, body.clone()).await;
            self.check_hidden((who, method, &path), room, answer, body, checks).await;
        }
    }

    /// Checks that an answer about a hidden room is, but for the name, that about a room that never was.
    async fn check_hidden(
        &self,
        (who, method, path): (usize, &str, &str),
        room: &str,
        (status, text): (u16, String),
        body: Option<Value>,
        checks: &mut Checks,
    ) {
        let never = "private-neverwas";
        // A person's id may contain the room's name by chance.
        let (place, id) = path.split_at(path.find("/members/").unwrap_or(path.len()));
        let elsewhere = place.replace(room, never) + id;
        let expected = self.client.ask(who, method, &elsewhere, body).await;
        let answer = (status, text.replace(room, never));
        assert_eq!(answer, expected, "seed {}: {who}: {method} {path}", self.seed);
        assert!(status >= 400, "seed {}: {who}: {method} {path}: {text}", self.seed);
        self.check_marks(who, &answer.1, None);
        checks.hidden += 1;
    }
}
