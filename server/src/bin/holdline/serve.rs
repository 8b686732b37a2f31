//! `holdline serve`: opens the log, binds the addresses, serves until told to stop.

mod listeners;
mod logging;
mod stdin;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use etcetera::BaseStrategy;
use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::{Log, LogUrl, MemoryLog, Retention, SqliteLog};
use holdline_server::{ServeConfig, serve};
use holdline_shared::RoomName;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing::{info, warn};

use self::logging::LogFormat;

/// Serve the chat: the page, the API and the classic routes.
#[derive(Args)]
pub(crate) struct Serve {
    /// Address to listen on; give it again for more. A port of 0 takes any free one. Sockets that systemd hands over
    /// come before it
    #[arg(
        long,
        env = "HOLDLINE_LISTEN",
        value_name = "ADDRESS",
        value_delimiter = ',',
        default_value = "127.0.0.1:8080",
        value_parser = listeners::parse
    )]
    listen: Vec<SocketAddr>,

    /// Where the log is kept: sqlite:PATH, or memory: to forget everything at the end
    /// [default: holdline.db in your data folder]
    #[arg(long, env = "HOLDLINE_LOG", value_name = "URL")]
    log: Option<LogUrl>,

    /// Publish each line of standard input in this room
    #[arg(long, env = "HOLDLINE_STDIN", value_name = "ROOM")]
    stdin: Option<RoomName>,

    /// Seconds for which a poll is held when there is nothing to say; below what your proxy allows
    #[arg(long, env = "HOLDLINE_WAIT", value_name = "SECONDS", default_value_t = 25, value_parser = clap::value_parser!(u16).range(1..=3600))]
    wait: u16,

    /// The longest hold in seconds that a client may ask for
    #[arg(long, env = "HOLDLINE_MAX_WAIT", value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u16).range(1..=3600))]
    max_wait: u16,

    /// Connections at once [default: what the limit of open files allows]
    #[arg(long, env = "HOLDLINE_MAX_CONNECTIONS", value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: Option<u32>,

    /// Serve polls and publishes like every other request, not by event loops of their own. Costs more of everything; for
    /// finding out whether a fault lies there
    #[arg(long, env = "HOLDLINE_PLAIN_HTTP", value_parser = clap::builder::BoolishValueParser::new())]
    plain_http: bool,

    /// How long messages are kept: forever, an age such as 90d, a number such as 10000/room, or both with a comma
    #[arg(long, env = "HOLDLINE_KEEP", value_name = "HOW_LONG", default_value = "forever")]
    keep: Retention,

    /// How often the log is looked through for what need not be kept, in seconds; a minute is right but for tests
    #[arg(long, hide = true, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    keep_every: u64,

    /// Polls held at once; beyond it they return sooner, beyond twice as many they are refused
    #[arg(long, env = "HOLDLINE_MAX_HELD", value_name = "NUMBER", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    max_held: u32,

    /// Seconds in which a reader has to take some kilobytes of its answer; half a minute is right but for tests
    #[arg(long, hide = true, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    stall_timeout: u64,

    /// Memory for recent messages in MiB; older ones are read from disk when asked for
    #[arg(long, env = "HOLDLINE_RECENT", value_name = "MIB", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=65536))]
    recent: u32,

    /// How to write the server's own log, on standard error. `RUST_LOG=debug` says more
    #[arg(long, env = "HOLDLINE_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

impl Serve {
    /// Runs the server on a runtime of its own.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        logging::start(self.log_format);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no async runtime")?;
        let served = runtime.block_on(self.serve());
        // Nobody can interrupt a thread that reads standard input, so it is not waited for.
        runtime.shutdown_background();
        served
    }

    async fn serve(self) -> anyhow::Result<()> {
        let log = open_log(self.log)?;
        let config = HubConfig {
            wait: Duration::from_secs(self.wait.min(self.max_wait).into()),
            max_wait: Duration::from_secs(self.max_wait.into()),
            recent_bytes: (self.recent as usize) << 20,
            keep: self.keep,
            keep_every: Duration::from_secs(self.keep_every),
            max_held: self.max_held as usize,
            ..HubConfig::default()
        };
        let hub = Hub::open_with(log, config).await.context("the log cannot be read")?;
        // From here on a signal stops in order; whoever reads that the chat is open may send one.
        let stop = stop_signal()?;
        let listeners = listeners::open(&self.listen)?;
        for listener in &listeners {
            info!(url = %format_args!("http://{}", listener.local_addr()?), "the chat is open");
        }
        let reading = self.stdin.map(|room| tokio::spawn(stdin::publish_lines(hub.clone(), room)));
        let config = ServeConfig {
            max_connections: max_connections(self.max_connections)?,
            event_loops: self.plain_http.then_some(0),
            stall_timeout: Duration::from_secs(self.stall_timeout),
            ..ServeConfig::default()
        };
        let (stopping, mut stopped) = watch::channel(());
        tokio::spawn(async move {
            stop.await;
            info!("stopping; held requests are answered now");
            drop(stopping);
        });
        // The channel closes when it is time to stop.
        let is_stopped = stopped.clone();
        serve(listeners, hub.clone(), config, async move { while stopped.changed().await.is_ok() {} }).await;
        if let Some(reading) = reading {
            // It holds the hub, and with it the log, which is to be closed in order.
            reading.abort();
            let _ = reading.await;
        }
        info!(head = hub.head().0, "stopped");
        ensure!(
            is_stopped.has_changed().is_err(),
            "the server could not go on; what it said before tells why"
        );
        Ok(())
    }
}

/// Opens the log, and says where it is.
fn open_log(url: Option<LogUrl>) -> anyhow::Result<Arc<dyn Log>> {
    let url = match url {
        Some(url) => url,
        None => LogUrl::Sqlite(default_path()?),
    };
    let log: Arc<dyn Log> = match &url {
        LogUrl::Memory => Arc::new(MemoryLog::new()),
        LogUrl::Sqlite(path) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("cannot make the folder {}", folder.display()))?;
            }
            let opened = SqliteLog::open(path);
            Arc::new(opened.with_context(|| format!("cannot open the log {}", path.display()))?)
        }
    };
    info!(log = %url, head = log.head().0, "the log is open");
    if url == LogUrl::Memory {
        warn!("the log is kept in memory only; what is said is gone when the server stops");
    }
    Ok(log)
}

/// `holdline/holdline.db` where this user's programs keep their data.
fn default_path() -> anyhow::Result<PathBuf> {
    let folders = etcetera::choose_base_strategy();
    let folders = folders
        .context("this user has no home folder; say where to keep the log, as in --log sqlite:holdline.db")?;
    Ok(folders.data_dir().join("holdline").join("holdline.db"))
}

/// As many as asked for, or as many as the limit of open files allows, once that is raised as far as it goes.
fn max_connections(asked: Option<u32>) -> anyhow::Result<usize> {
    /// For the database, the log and the like, for connections that are being refused, and three for each event loop.
    const OTHER_FILES: u64 = 64 + 64;
    let loops = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
    let possible = usize::try_from(files.saturating_sub(OTHER_FILES + 3 * loops))?
        .clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
    let asked = asked.map_or(possible, |asked| asked as usize);
    if asked > possible {
        warn!(asked, possible, "the limit of open files allows fewer connections; raise it with ulimit -n");
    }
    Ok(asked.min(possible))
}

/// Resolves at SIGINT or SIGTERM; a second one ends the process at once.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        tokio::spawn(async move {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            warn!("told twice to stop; stopping without further ado");
            std::process::exit(130);
        });
    })
}
