//! A server inside the test.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::{Log, MemoryLog, SqliteLog};
use holdline_server::{ServeConfig, serve as serve_hub, serve_router};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Client, Connection, within};

/// A server that is told to stop when this is dropped.
pub(crate) struct Server {
    pub(crate) hub: Arc<Hub>,
    pub(crate) address: SocketAddr,
    http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    /// Where its log is; removed with it.
    folder: Option<TempDir>,
}

/// A hub that lets people go soon after their last poll.
pub(crate) fn short_grace() -> HubConfig {
    HubConfig { grace: Duration::from_millis(200), ..HubConfig::default() }
}

/// How polls are served in this run of the tests: with `HOLDLINE_PLAIN_HTTP` set, without event loops.
fn event_loops() -> Option<usize> {
    std::env::var_os("HOLDLINE_PLAIN_HTTP").map(|_| 0)
}

impl Server {
    /// On a log in memory, with everything as usual.
    pub(crate) async fn start() -> Self {
        Self::with(HubConfig::default(), ServeConfig::default()).await
    }

    /// For a test that has stopped the clock: event loops have one of their own, so there are none.
    pub(crate) async fn in_paused_time(hub: HubConfig) -> Self {
        Self::with(hub, ServeConfig { event_loops: Some(0), ..ServeConfig::default() }).await
    }

    /// On a log in memory.
    pub(crate) async fn with(hub: HubConfig, serve: ServeConfig) -> Self {
        Self::on(Arc::new(MemoryLog::new()), hub, serve).await
    }

    /// On a log in a file that goes when the server goes.
    pub(crate) async fn sqlite(hub: HubConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(&folder.path().join("holdline.db")).unwrap();
        let mut server = Self::on(Arc::new(log), hub, ServeConfig::default()).await;
        server.folder = Some(folder);
        server
    }

    /// On this log.
    pub(crate) async fn on(log: Arc<dyn Log>, config: HubConfig, serve: ServeConfig) -> Self {
        let hub = Hub::open_with(log, config).await.unwrap();
        let serve = ServeConfig { event_loops: event_loops().or(serve.event_loops), ..serve };
        Self::run(hub.clone(), |listener, stopped| serve_hub(vec![listener], hub, serve, stopped)).await
    }

    /// Of an app that has the router of this hub in it.
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

    /// Somebody without a session.
    pub(crate) fn visitor(&self) -> Client {
        Client::new(self.http.clone(), self.address)
    }

    /// Somebody with a session under this nickname.
    pub(crate) async fn person(&self, nickname: &str) -> Client {
        let mut client = self.visitor();
        client.enters(nickname).await;
        client
    }

    /// A bare connection.
    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.address).await
    }

    /// Tells it to stop, without waiting.
    pub(crate) fn begin_to_stop(&mut self) {
        self.stop = None;
    }

    /// Waits until it has stopped, by itself or because it was told to.
    pub(crate) async fn ended(&mut self) {
        within("the server's end", &mut self.serving).await.unwrap();
    }

    /// Tells it to stop and waits until it has.
    pub(crate) async fn stop(mut self) {
        self.begin_to_stop();
        self.ended().await;
    }
}
