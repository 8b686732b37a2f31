//! The looks that people take at everything, and what they must see there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Checks;
use super::client::parse;
use super::model::{PROGRAM, STRANGER};
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

/// The positions of entries, or of messages.
pub(super) fn seqs(entries: &Value) -> BTreeSet<u64> {
    let entries = entries.as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect()
}

impl World {
    /// Looks at everything as somebody, or as a stranger.
    pub(super) async fn look(&mut self, checks: &mut Checks) {
        let who = self.random.below(PROGRAM + 1);
        let (seed, is_inside, client) = (self.seed, self.model.is_inside(who), self.client.clone());
        let poll = client.get(who, "/api/v1/poll?room=*&after=start&wait=0").await;
        self.check_marks(who, &poll.text, None);
        assert_eq!(poll.status == 200, is_inside, "seed {seed}: {who}: {}", poll.text);
        let (status, stream) = client.first_event(who, "/api/v1/events?room=*&after=start").await;
        self.check_marks(who, &stream, None);
        assert_eq!(status == 200, is_inside, "seed {seed}: {who}: {stream}");
        let list = client.get(who, "/api/v1/rooms").await;
        self.check_marks(who, &list.text, None);
        let metrics = client.get(who, "/metrics").await;
        assert_eq!(metrics.status == 200, who == 0, "seed {seed}: {who}: {}", metrics.text);
        // Not even those who may read a room find its name there.
        self.check_marks(STRANGER, &metrics.text, None);
        for path in self.random.some(2, LISTS.to_vec()) {
            self.check_marks(who, &client.get(who, path).await.text, None);
        }
        if is_inside {
            let entries = seqs(&poll.json()["entries"]);
            assert_eq!(entries, self.model.entries(who), "seed {seed}: {who}");
            checks.entries += entries.len() as u64;
            let data = stream.strip_prefix("data: ").and_then(|data| data.lines().next()).unwrap();
            assert_eq!(seqs(&parse(data)["entries"]), entries, "seed {seed}: {who}");
            let rooms = list.json()["rooms"].as_array().unwrap().clone();
            let listed: BTreeSet<&str> = rooms.iter().map(|room| room["name"].as_str().unwrap()).collect();
            let due = self.model.rooms.keys().filter(|room| self.model.sees(who, room));
            assert_eq!(listed, due.map(String::as_str).collect(), "seed {seed}: {who}");
        }
        for room in self.model.names().iter().chain(&self.gone.clone()) {
            if self.model.sees(who, room) {
                self.look_into(who, room).await;
            } else {
                self.look_for(who, room, checks).await;
            }
        }
    }

    /// Looks at all that is in a room.
    async fn look_into(&self, who: usize, name: &str) {
        let (seed, room, client) = (self.seed, &self.model.rooms[name], &self.client);
        let poll = format!("/api/v1/poll?room={name}&after=start&wait=0");
        for (path, may_refuse) in [(poll.clone(), false), (format!("{poll}&here={name}"), true)] {
            let poll = client.get(who, path).await;
            self.check_marks(who, &poll.text, None);
            // Only a person with a session can be here.
            if may_refuse && who >= STRANGER {
                assert!([401, 403].contains(&poll.status), "seed {seed}: {who}: {name}: {}", poll.text);
            } else {
                assert_eq!(seqs(&poll.json()["entries"]), room.entries, "seed {seed}: {who}: {name}");
            }
        }
        let history = client.get(who, format!("/api/v1/rooms/{name}/messages")).await;
        self.check_marks(who, &history.text, None);
        let messages = history.json()["messages"].as_array().unwrap().clone();
        let text = |message: &Value| message["text"].as_str().map(str::to_owned);
        let texts = messages.iter().map(|message| (message["seq"].as_u64().unwrap(), text(message)));
        assert_eq!(
            texts.collect::<Vec<_>>(),
            Vec::from_iter(room.messages.clone()),
            "seed {seed}: {who}: {name}"
        );
        // A reply's quote is read like this.
        if let Some((seq, quoted)) = room.messages.last_key_value() {
            let message = client.get(who, format!("/api/v1/rooms/{name}/messages/{seq}")).await;
            assert_eq!(text(&message.json()), *quoted, "seed {seed}: {who}: {name}");
        }
        let classic = client.get(who, format!("/subscribe?room={name}&wait=0")).await;
        assert_eq!((classic.status, &*classic.text), (200, ""), "seed {seed}: {who}: {name}");
    }
}
