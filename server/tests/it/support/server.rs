//! A server inside the test process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::{Log, MemoryLog, SqliteLog};
use holdline_server::{HttpConfig, Limits, ServeConfig, serve as serve_hub, serve_router};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Client, Connection, within};

/// A server; stopped on drop.
pub(crate) struct Server {
    pub(crate) hub: Arc<Hub>,
    pub(crate) address: SocketAddr,
    http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    /// The folder of the log; removed on drop.
    folder: Option<TempDir>,
}

/// A configuration with a short grace period of presence.
pub(crate) fn short_grace() -> HubConfig {
    let mut config = HubConfig::default();
    config.grace = Duration::from_millis(200);
    config
}

/// A configuration that trusts proxies on this machine, where the tests run.
pub(crate) fn trusting_loopback() -> HttpConfig {
    let mut config = HttpConfig::default();
    config.trusted_proxies.push("127.0.0.0/8".parse().unwrap());
    config
}

/// Lifts all limits unless the test has set some: the people of most tests publish faster than people do.
pub(crate) fn lift_limits(serve: &mut ServeConfig) {
    if serve.http.limits == Limits::default() {
        serve.http.limits = Limits::NONE;
    }
}

/// The number of event loops in this run of the tests: none if `HOLDLINE_PLAIN_HTTP` is set.
fn event_loops() -> Option<usize> {
    std::env::var_os("HOLDLINE_PLAIN_HTTP").map(|_| 0)
}

impl Server {
    /// Starts a server with a log in memory and default settings.
    pub(crate) async fn start() -> Self {
        Self::with(HubConfig::default(), ServeConfig::default()).await
    }

    /// Starts a server for a test with paused time. Without event loops, which have their own clock.
    pub(crate) async fn in_paused_time(hub: HubConfig) -> Self {
        let mut config = ServeConfig::default();
        config.event_loops = Some(0);
        Self::with(hub, config).await
    }

    /// Starts a server with a log in memory.
    pub(crate) async fn with(hub: HubConfig, serve: ServeConfig) -> Self {
        Self::on(Arc::new(MemoryLog::new()), hub, serve).await
    }

    /// Starts a server with a log in a file that is removed on drop.
    pub(crate) async fn sqlite(hub: HubConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(&folder.path().join("holdline.db")).unwrap();
        let mut server = Self::on(Arc::new(log), hub, ServeConfig::default()).await;
        server.folder = Some(folder);
        server
    }

    /// Starts a server on this log.
    pub(crate) async fn on(log: Arc<dyn Log>, config: HubConfig, mut serve: ServeConfig) -> Self {
        let hub = Hub::open_with(log, config).await.unwrap();
        serve.event_loops = event_loops().or(serve.event_loops);
        lift_limits(&mut serve);
        Self::run(hub.clone(), |listener, stopped| serve_hub(vec![listener], hub, serve, stopped)).await
    }

    /// Starts a server of an app that includes this hub's router.
    pub(crate) async fn of(app: axum::Router, hub: Arc<Hub>, config: ServeConfig) -> Self {
        Self::run(hub.clone(), |listener, stopped| serve_router(vec![listener], app, hub, config, stopped))
            .await
    }

    async fn run<F>(hub: Arc<Hub>, serve: impl FnOnce(TcpListener, BoxFuture<'static, ()>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(listener, Box::pin(stopped.map(|_| ()))));
        Self { hub, address, http: Client::http(), stop: Some(stop), serving, folder: None }
    }

    /// Makes a client without a session.
    pub(crate) fn visitor(&self) -> Client {
        Client::new(self.http.clone(), self.address)
    }

    /// Makes a client with a new session of this nickname.
    pub(crate) async fn person(&self, nickname: &str) -> Client {
        let mut client = self.visitor();
        client.enters(nickname).await;
        client
    }

    /// Opens a bare connection.
    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.address).await
    }

    /// Starts the stop without waiting.
    pub(crate) fn begin_to_stop(&mut self) {
        self.stop = None;
    }

    /// Waits until the server has stopped.
    pub(crate) async fn ended(&mut self) {
        within("the server's end", &mut self.serving).await.unwrap();
    }

    /// Stops the server and waits until it has stopped.
    pub(crate) async fn stop(mut self) {
        self.begin_to_stop();
        self.ended().await;
    }
}
