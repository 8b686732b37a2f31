//! A pair of servers for one hub, one for each way of serving.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::FutureExt;
use holdline_server::hub::{Hub, HubConfig, PresenceLease};
use holdline_server::log::{Draft, MemoryLog};
use holdline_server::{ServeConfig, serve};
use holdline_shared::{Cursor, Presence, Seq};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Conversation;
use crate::support::{Client, lift_limits, within};
use holdline_server::Scope;

/// The number of times that hyper alone may show another outcome of a race.
const TRIES: usize = 60;

/// A hub that is served in both ways.
pub(crate) struct Pair {
    pub(crate) hub: Arc<Hub>,
    pub(crate) loops: Way,
    pub(crate) plain: Way,
    /// The session of Ada, who is present in all rooms.
    pub(crate) token: String,
    _ada: PresenceLease,
}

/// A server with one of the ways of serving.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Way {
    async fn start(name: &'static str, hub: Arc<Hub>, mut config: ServeConfig, loops: usize) -> Self {
        config.event_loops = Some(loops);
        lift_limits(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(vec![listener], hub, config, stopped.map(|_| ())));
        Self { name, address, stop: Some(stop), serving }
    }

    /// Serves the hub with one event loop.
    pub(crate) async fn loops(hub: Arc<Hub>, config: ServeConfig) -> Self {
        Self::start("event loops", hub, config, 1).await
    }

    /// Serves the hub with hyper alone.
    pub(crate) async fn plain(hub: Arc<Hub>, config: ServeConfig) -> Self {
        Self::start("plain HTTP", hub, config, 0).await
    }

    /// Makes a client without a session.
    pub(crate) fn visitor(&self) -> Client {
        Client::new(Client::http(), self.address)
    }

    /// Starts the stop without waiting.
    pub(crate) fn begin_to_stop(&mut self) {
        self.stop = None;
    }

    /// Waits until the server has stopped.
    pub(crate) async fn ended(&mut self) {
        within("the server's end", &mut self.serving).await.unwrap();
    }
}

impl Pair {
    /// Starts both with default settings.
    pub(crate) async fn start() -> Self {
        Self::with(HubConfig::default(), ServeConfig::default()).await
    }

    /// Starts both with Ada, some messages in the lobby, a room `tea`, and a room whose name has to be
    /// encoded.
    pub(crate) async fn with(hub: HubConfig, serve: ServeConfig) -> Self {
        let hub = Hub::open_with(Arc::new(MemoryLog::new()), hub).await.unwrap();
        let loops = Way::loops(hub.clone(), serve.clone()).await;
        let plain = Way::plain(hub.clone(), serve).await;
        let mut ada = plain.visitor();
        ada.enters("Ada").await;
        for room in ["tea", "caf%C3%A9"] {
            ada.makes_room(room).await;
        }
        let texts = [
            ("lobby", "one"),
            ("tea", "two"),
            ("lobby", "three, \u{e9}\u{1f600}"),
            ("caf%C3%A9", "smuggled"),
        ];
        for (room, text) in texts {
            ada.says_in(room, text).await;
        }
        let rooms = ["lobby", "tea", "caf\u{e9}"].map(|room| room.parse().unwrap());
        let lease = hub.enter(&Scope::of_every_room(), ada.person(), &rooms, None);
        let pair = Self { hub, loops, plain, token: ada.token().to_owned(), _ada: lease };
        let is_here = async { while pair.presence().await.rooms.values().any(|here| here.count == 0) {} };
        within("Ada", is_here).await;
        pair
    }

    /// Reads the presence of all rooms.
    pub(crate) async fn presence(&self) -> Presence {
        self.presence_in("here=lobby&here=tea&here=caf%C3%A9").await
    }

    /// Reads the lobby's presence.
    pub(crate) async fn lobby(&self) -> Presence {
        self.presence_in("here=lobby").await
    }

    async fn presence_in(&self, rooms: &str) -> Presence {
        let client = self.plain.visitor();
        let path = &format!("/api/v1/poll?room=lobby&{rooms}&wait=0");
        let request = client.request(reqwest::Method::GET, path).bearer_auth(&self.token);
        let batch: holdline_shared::Batch = request.send().await.unwrap().json().await.unwrap();
        batch.presence.unwrap()
    }

    /// A position in this log.
    pub(crate) fn cursor(&self, seq: Seq) -> Cursor {
        Cursor { epoch: self.hub.log().epoch(), seq }
    }

    /// Publishes a message directly in the hub.
    pub(crate) async fn says(&self, room: &str, text: &str) {
        let author = holdline_shared::Person::stdin();
        let draft = Draft::say(author, room.parse().unwrap(), text.parse().unwrap());
        self.hub.publish(draft).await.unwrap();
    }

    /// Sends a conversation to both, and returns their common output.
    ///
    /// Some requests have a race: whether hyper keeps a connection with an unread body depends on how much of
    /// the body has arrived. Then the output of the event loops may equal any outcome of hyper alone, also
    /// one that needs some of the bytes to arrive sooner. If a body is involved, they may also end the
    /// connection some answers earlier or later, because some of these moments are hard to hit; `bodies`
    /// tests those separately.
    pub(crate) async fn compare(&self, what: &str, conversation: &Conversation) -> String {
        let loops = conversation.send_to(self.loops.address).await;
        let mut plain = BTreeSet::new();
        for number in 0..TRIES {
            // Every other try leaves the pieces unchanged.
            let which = if number % 2 == 0 { 0 } else { number / 2 };
            plain.insert(conversation.sooner(which).send_to(self.plain.address).await);
            if plain.contains(&loops) {
                return loops;
            }
        }
        let begins_alike = |other: &String| other.starts_with(&loops) || loops.starts_with(other.as_str());
        if conversation.has_body() && plain.iter().any(begins_alike) {
            return loops;
        }
        panic!("{what}\nsent: {conversation}\nevent loops: {loops:?}\nplain HTTP: {plain:?}");
    }

    /// Waits until no poll is held, in either way.
    pub(crate) async fn holds_nothing(&self) {
        crate::support::until("nothing is held", || self.hub.held() == 0).await;
    }
}
