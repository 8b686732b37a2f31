//! Requests at each door, from everybody who may stand there: strangers, people who are in or were shown out, programs.
//! Whoever sends a request, and from whomever the one before came on the same connection, both ways give the same answer.

use std::time::{Duration, SystemTime};

use holdline_server::hub::HubConfig;
use holdline_shared::{Door, RoomName};

use super::conversation::without_dates_and_ids;
use super::senders::{Senders, behind_a_proxy};
use super::{Conversation, Pair, Way, heads, polls};
use crate::support::Connection;

/// The number of bytes from which on hyper alone decides about a request.
const TOO_LONG: usize = 2_048;

/// The targets to ask for: those of the polls that are compared at an open door, and those whose answer depends on the sender.
fn targets(pair: &Pair, den: &RoomName) -> Vec<String> {
    let mut queries = polls::queries(pair);
    // Hyper refuses these and closes the connection, whoever has sent them.
    queries.retain(|query| query.is_ascii() && query.len() < TOO_LONG);
    let (after, never) = (format!("after={}", pair.cursor(pair.hub.head())), "private-zzzzzzzzzzzzzzzz");
    for room in [den.as_str(), never, "lobby", "tea", "nowhere", "~access"] {
        queries.extend([
            format!("room={room}&wait=0"),
            format!("room={room}&{after}"),
            format!("room={room}&after=start&wait=x"),
            format!("room={room}&after=start&memberships=1"),
            format!("room=tea&room={room}&after=start"),
            format!("room={room}&here={room}&wait=0"),
            format!("room=lobby&here={room}&wait=0"),
            format!("room={room}&here=lobby&here=&wait=0"),
            format!("room=*&here={room}&{after}"),
        ]);
    }
    let mut targets: Vec<_> = queries.iter().map(|query| format!("/api/v1/poll?{query}")).collect();
    targets.extend(
        ["/", "/api/v1/door", "/api/v1/session", "/api/v1/me", "/api/v1/rooms", "/api/v1/people"]
            .map(String::from),
    );
    for room in [den.as_str(), never] {
        targets.extend([
            format!("/api/v1/rooms/{room}/messages"),
            format!("/api/v1/rooms/{room}/members"),
            format!("/subscribe?room={room}&wait=0"),
        ]);
    }
    targets
}

/// A connection that asks again and again.
struct Asking<'a> {
    way: &'a Way,
    connection: Connection,
}

impl<'a> Asking<'a> {
    async fn begin(way: &'a Way) -> Self {
        Self { way, connection: Connection::open(way.address).await }
    }

    /// Asks, and returns the status, the headers and the body; another connection follows one that is closed.
    async fn ask(&mut self, target: &str, headers: &str) -> String {
        let began = SystemTime::now();
        let reply = self.connection.get(target, headers).await;
        if reply.header("connection") == "close" {
            self.connection = Connection::open(self.way.address).await;
        }
        let mut said = format!("{}\r\n", reply.status);
        for (name, value) in &reply.headers {
            said.extend([name.as_str(), ": ", value.to_str().unwrap(), "\r\n"]);
        }
        said += reply.text();
        without_dates_and_ids(said.as_bytes(), began)
    }
}

/// Starts both ways behind a door, with everybody who may stand there.
async fn at(door: Door) -> (Pair, Senders) {
    let mut hub = HubConfig::default();
    (hub.max_wait, hub.grace) = (Duration::from_millis(5), Duration::from_secs(600));
    let pair = Pair::with(hub, behind_a_proxy()).await;
    let senders = Senders::at(door, &pair).await;
    (pair, senders)
}

/// Compares the answers that each sender gets: twice in a row, because the sender of the second request is known from the
/// first.
async fn compare_at(door: Door) {
    let (pair, senders) = at(door).await;
    for target in targets(&pair, &senders.den) {
        let (mut loops, mut plain) = (Asking::begin(&pair.loops).await, Asking::begin(&pair.plain).await);
        for (who, headers) in &senders.all {
            for time in ["first", "second"] {
                let (loops, plain) = tokio::join!(loops.ask(&target, headers), plain.ask(&target, headers));
                assert_eq!(loops, plain, "{door:?}: {who} asks for {target} the {time} time");
            }
        }
    }
    let some = ["nobody", "a member of the private room", "a banned member"];
    for (who, headers) in senders.all.iter().filter(|(who, _)| some.contains(who)) {
        for head in heads::heads(headers).into_iter().filter(|head| head.len() < TOO_LONG) {
            let what = format!("{door:?}: {who} sends {}", head.escape_ascii());
            pair.compare(&what, &Conversation::ending([head])).await;
        }
    }
    pair.holds_nothing().await;
}

#[tokio::test]
async fn everybody_gets_the_same_answer_at_an_open_door() {
    compare_at(Door::Open).await;
}

#[tokio::test]
async fn everybody_gets_the_same_answer_at_a_door_with_a_password() {
    compare_at(Door::Password).await;
}

#[tokio::test]
async fn everybody_gets_the_same_answer_at_a_door_for_the_invited() {
    compare_at(Door::Invite).await;
}

#[tokio::test]
async fn everybody_gets_the_same_answer_at_the_door_of_a_proxy() {
    compare_at(Door::Proxy).await;
}
