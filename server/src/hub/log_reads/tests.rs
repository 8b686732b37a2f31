//! Reads and answers that polls share.

use holdline_shared::{Batch, Person};

use super::*;
use crate::hub::collect::Found;
use crate::hub::poll_request::Feeds;
use crate::hub::{Hub, HubConfig};
use crate::log::{Draft, MemoryLog};
use crate::scope::Scope;

#[tokio::test]
async fn polls_that_ask_the_same_share_one_read() {
    let hub = Hub::open_with(Arc::new(MemoryLog::new()), HubConfig::default()).await.unwrap();
    let after = hub.head();
    let lobby = RoomName::lobby();
    let draft = Draft::say(Person::stdin(), lobby.clone(), "hello".parse().unwrap());
    hub.publish(draft).await.unwrap();
    let mut reads = LogReads::default();
    let mut begun = Vec::new();
    for number in 0..6 {
        let is_here = number % 2 == 0;
        let presence = is_here.then(|| {
            let scope = Scope::of_every_room();
            Box::new(hub.enter(&scope, &Person::stdin(), std::slice::from_ref(&lobby), None))
        });
        let room = hub.state.rooms.find(&lobby).unwrap();
        let feed = if number < 3 { hub.state.all_rooms() } else { room.feed().clone() };
        let (epoch, feeds) = (feed.epoch(), Feeds::One(feed));
        let completed = Completed {
            key: is_here,
            epoch,
            after,
            found: Found::NotCached,
            has_news: true,
            view: View { scope: Scope::of_every_room(), feeds, presence },
        };
        begun.push(reads.reply(hub.answers(), completed));
    }
    assert_eq!((reads.readings.len(), reads.answers.len()), (2, 4), "with presence and without");
    for (is_here, reply) in begun {
        let Reply::Reading(read) = reply else { panic!("it is not cached") };
        let batch: Batch = serde_json::from_slice(&read.await.unwrap().body).unwrap();
        assert_eq!((batch.entries.len(), batch.presence.is_some()), (1, is_here));
    }
}
