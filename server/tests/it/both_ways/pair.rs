//! One hub behind two listeners, served in both ways.

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

use super::Talk;
use crate::support::{Client, within};
use holdline_server::Scope;

/// How often hyper alone may show another outcome of a race before there is none.
const TRIES: usize = 60;

/// Both ways over one hub.
pub(crate) struct Pair {
    pub(crate) hub: Arc<Hub>,
    pub(crate) loops: Way,
    pub(crate) plain: Way,
    /// Ada, who is always everywhere.
    pub(crate) token: String,
    _ada: PresenceLease,
}

/// One way of serving.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Way {
    async fn start(name: &'static str, hub: Arc<Hub>, mut config: ServeConfig, loops: usize) -> Self {
        config.event_loops = Some(loops);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(vec![listener], hub, config, stopped.map(|_| ())));
        Self { name, address, stop: Some(stop), serving }
    }

    /// This hub, served with one event loop.
    pub(crate) async fn loops(hub: Arc<Hub>, config: ServeConfig) -> Self {
        Self::start("event loops", hub, config, 1).await
    }

    /// This hub, served by hyper alone.
    pub(crate) async fn plain(hub: Arc<Hub>, config: ServeConfig) -> Self {
        Self::start("plain HTTP", hub, config, 0).await
    }

    /// Somebody without a session.
    pub(crate) fn visitor(&self) -> Client {
        Client::new(Client::http(), self.address)
    }

    /// Tells it to stop, without waiting.
    pub(crate) fn begin_to_stop(&mut self) {
        self.stop = None;
    }

    /// Waits until it has stopped.
    pub(crate) async fn ended(&mut self) {
        within("the server's end", &mut self.serving).await.unwrap();
    }
}

impl Pair {
    /// With everything as usual.
    pub(crate) async fn start() -> Self {
        Self::with(HubConfig::default(), ServeConfig::default()).await
    }

    /// A lobby with some messages in it, and Ada; a room `tea`; one with a name that has to be encoded.
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

    /// Presence in all rooms, as Ada is told of it.
    pub(crate) async fn presence(&self) -> Presence {
        self.presence_in("here=lobby&here=tea&here=caf%C3%A9").await
    }

    /// The lobby's presence.
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

    /// Says something, without a server.
    pub(crate) async fn says(&self, room: &str, text: &str) {
        let author = holdline_shared::Person::stdin();
        let draft = Draft::say(author, room.parse().unwrap(), text.parse().unwrap());
        self.hub.publish(draft).await.unwrap();
    }

    /// Sends the same to both, and answers what both have said.
    ///
    /// Some requests race with themselves: whether hyper keeps a connection of which a body was not read depends on how
    /// much of it has arrived. Then the event loops may do what hyper alone does at one time or another, also when some
    /// of the bytes arrive sooner. Where a body is in play they may also end the connection an answer sooner or later, as
    /// some of these moments are hard to meet; `bodies` looks at those by themselves.
    pub(crate) async fn same(&self, what: &str, talk: &Talk) -> String {
        let loops = talk.with(self.loops.address).await;
        let mut plain = BTreeSet::new();
        for number in 0..TRIES {
            // Every other time as it is.
            let which = if number % 2 == 0 { 0 } else { number / 2 };
            plain.insert(talk.sooner(which).with(self.plain.address).await);
            if plain.contains(&loops) {
                return loops;
            }
        }
        let begins_alike = |other: &String| other.starts_with(&loops) || loops.starts_with(other.as_str());
        if talk.has_body() && plain.iter().any(begins_alike) {
            return loops;
        }
        panic!("{what}\nsent: {talk}\nevent loops: {loops:?}\nplain HTTP: {plain:?}");
    }

    /// Nothing is held any more, by whichever way.
    pub(crate) async fn holds_nothing(&self) {
        crate::support::until("nothing is held", || self.hub.held() == 0).await;
    }
}
