//! `holdline serve`: opens the log, binds the addresses, serves until stopped.

mod door;
mod first_link;
mod http;
mod listeners;
mod logging;
mod stdin;

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::{Log, LogUrl, MemoryLog, Retention, SqliteLog};
use holdline_server::{AdminSocket, ServeConfig, serve};
use holdline_shared::{RoomName, Seq};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::{error, info, warn};

use self::door::DoorOptions;
use self::http::HttpOptions;
use self::listeners::ListenAddress;
use self::logging::LogFormat;
use crate::log::{default_path, make_folder_of};
use crate::signals::{self, StopSignals};
use crate::stderr;

/// The longest wait, at a stop, for lines of standard input that are being appended to the log.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The addresses of a value of `--listen`.
pub(crate) fn listen_addresses(value: &str) -> Result<Vec<std::net::SocketAddr>, String> {
    listeners::parse(value).map(|address| address.sockets().to_vec())
}

/// Serve the chat: the page, the API and the classic routes.
#[derive(Args)]
pub(crate) struct Serve {
    /// Address to listen on; repeat for more. A name stands for all of its addresses, port 0 for any free port. Sockets
    /// passed by systemd take precedence
    #[arg(
        long,
        env = "HOLDLINE_LISTEN",
        value_name = "ADDRESS",
        value_delimiter = ',',
        default_value = "127.0.0.1:8080",
        value_parser = listeners::parse
    )]
    listen: Vec<ListenAddress>,

    /// The log: sqlite:PATH, or memory: for one that is lost at the end
    /// [default: holdline.db in your data folder]
    #[arg(long, env = "HOLDLINE_LOG", hide_env_values = true, value_name = "URL")]
    log: Option<LogUrl>,

    /// Publish each line of standard input in this room, without colours and control characters
    #[arg(long, env = "HOLDLINE_STDIN", value_name = "ROOM")]
    stdin: Option<RoomName>,

    /// Seconds for which a poll without news is held; less than the time-out of your proxy
    #[arg(long, env = "HOLDLINE_WAIT", value_name = "SECONDS", default_value_t = 25, value_parser = clap::value_parser!(u16).range(1..=3600))]
    wait: u16,

    /// The longest hold in seconds that a client may ask for
    #[arg(long, env = "HOLDLINE_MAX_WAIT", value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u16).range(1..=3600))]
    max_wait: u16,

    /// Limit of open connections [default: as many as the limit of open files allows]
    #[arg(long, env = "HOLDLINE_MAX_CONNECTIONS", value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: Option<u32>,

    /// Serve polls like every other request, without event loops. Costs more of everything; to find out
    /// whether a fault lies there
    #[arg(long, env = "HOLDLINE_PLAIN_HTTP", value_parser = clap::builder::BoolishValueParser::new())]
    plain_http: bool,

    /// Retention of messages: forever, an age such as 90d, a number such as 10000/room, or both with a comma
    #[arg(long, env = "HOLDLINE_KEEP", value_name = "HOW_LONG", default_value = "forever")]
    keep: Retention,

    /// Seconds between two runs of the retention; to be changed only in tests
    #[arg(long, hide = true, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    keep_every: u64,

    /// Limit of held polls; beyond this they return sooner, beyond twice as many they are refused [default:
    /// two fifths of the connections]
    #[arg(long, env = "HOLDLINE_MAX_HELD", value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_held: Option<u32>,

    /// Seconds in which a client must read some kilobytes of its answer; to be changed only in tests
    #[arg(long, hide = true, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    stall_timeout: u64,

    /// Memory for recent messages in MiB; older ones are read from disk when asked for
    #[arg(long, env = "HOLDLINE_RECENT", value_name = "MIB", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=65536))]
    recent: u32,

    #[command(flatten)]
    door: DoorOptions,

    #[command(flatten)]
    http: HttpOptions,

    /// Format of the server's own log on standard error. `RUST_LOG=debug` adds details
    #[arg(long, env = "HOLDLINE_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

impl Serve {
    /// Runs the server on a runtime of its own.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        logging::start(self.log_format);
        let format = self.log_format;
        let served = self.serve_on_runtime();
        match served {
            // The last line has the same format as all others.
            Err(error) if format == LogFormat::Json => {
                error!("{error:#}");
                Ok(ExitCode::FAILURE)
            }
            served => served.map(|()| ExitCode::SUCCESS),
        }
    }

    fn serve_on_runtime(self) -> anyhow::Result<()> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no async runtime")?;
        let served = runtime.block_on(self.serve());
        // Does not wait for the thread that reads standard input, because a blocked read cannot be interrupted.
        runtime.shutdown_background();
        served
    }

    async fn serve(self) -> anyhow::Result<()> {
        // From here on a signal causes a graceful stop, also while the log is being opened.
        let mut stopped = stop_signal()?;
        signals::survive_file_size_limit()?;
        let url = self.log.map_or_else(|| default_path().map(LogUrl::Sqlite), Ok)?;
        let log = open_log(&url)?;
        let is_new = log.head() == Seq::START.next();
        let admin_socket = open_admin_socket(&url);
        let max_connections = max_connections(self.max_connections)?;
        let mut config = HubConfig::default();
        config.wait = Duration::from_secs(self.wait.min(self.max_wait).into());
        config.max_wait = Duration::from_secs(self.max_wait.into());
        config.recent_bytes = (self.recent as usize) << 20;
        config.keep = self.keep;
        config.keep_every = Duration::from_secs(self.keep_every);
        config.max_held =
            self.max_held.map_or(HubConfig::max_held_within(max_connections), |held| held as usize);
        let hub = Hub::open_with(log, config).await.context("the log cannot be read")?;
        let listeners = listeners::open(&self.listen)?;
        let mut addresses = Vec::with_capacity(listeners.len());
        for listener in &listeners {
            addresses.push(listener.local_addr()?.ip());
        }
        self.door.settle(hub.log(), &addresses, self.http.has_proxy_login()).await?;
        for listener in &listeners {
            info!(url = %format_args!("http://{}", listener.local_addr()?), "the chat is open");
        }
        let reading =
            self.stdin.map(|room| tokio::spawn(stdin::publish_lines(hub.clone(), room, stopped.clone())));
        let names: Vec<_> = self.listen.iter().filter_map(ListenAddress::name).collect();
        let mut config = ServeConfig::default();
        config.max_connections = max_connections;
        config.stall_timeout = Duration::from_secs(self.stall_timeout);
        config.event_loops = self.plain_http.then_some(0);
        config.http = self.http.config(&listeners, &names)?;
        config.admin_socket = admin_socket;
        if is_new && std::io::stdout().is_terminal() {
            first_link::print(hub.log(), config.http.address.as_deref()).await;
        } else if is_new {
            info!("nobody is an admin yet; `holdline admin link` makes a link for the first one");
        }
        let is_stopped = stopped.clone();
        serve(listeners, hub.clone(), config, async move { while stopped.changed().await.is_ok() {} }).await;
        if let Some(reading) = reading {
            finish_reading(reading).await;
        }
        hub.log().close().await;
        info!(head = hub.head().0, "stopped");
        ensure!(is_stopped.has_changed().is_err(), "the server has failed; its log has the reason");
        Ok(())
    }
}

/// Waits for lines of standard input that are being appended. The task holds the hub and with it the log, which must be
/// closed properly.
async fn finish_reading(mut reading: JoinHandle<()>) {
    if timeout(LAST_LINES, &mut reading).await.is_err() {
        reading.abort();
        let _ = reading.await;
    }
}

/// Opens the log, and says where it is.
fn open_log(url: &LogUrl) -> anyhow::Result<Arc<dyn Log>> {
    let log: Arc<dyn Log> = match url {
        LogUrl::Memory => Arc::new(MemoryLog::new()),
        LogUrl::Sqlite(path) => {
            make_folder_of(path)?;
            let opened = SqliteLog::open(path);
            Arc::new(opened.with_context(|| format!("cannot open the log {}", path.display()))?)
        }
    };
    info!(log = %url, head = log.head().0, "the log is open");
    if *url == LogUrl::Memory {
        warn!("the log is kept in memory only; what is said is gone when the server stops");
    }
    Ok(log)
}

/// Opens the admin socket beside the log. The chat is served without one, too.
fn open_admin_socket(url: &LogUrl) -> Option<Arc<AdminSocket>> {
    let LogUrl::Sqlite(path) = url else { return None };
    match AdminSocket::open(path) {
        Ok(socket) => Some(Arc::new(socket)),
        Err(error) => {
            warn!("`holdline admin` cannot reach this server: {error}");
            None
        }
    }
}

/// The number of connections: the requested one, or as many as the limit of open files allows after raising it as far
/// as possible.
fn max_connections(asked: Option<u32>) -> anyhow::Result<usize> {
    /// The number of files for other purposes: the database, the server's own log and the like, connections
    /// that are being refused, and three for each event loop.
    const OTHER_FILES: u64 = 64 + 64;
    let loops = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
    let possible = usize::try_from(files.saturating_sub(OTHER_FILES + 3 * loops))?.max(1);
    let asked = asked.map_or(possible, |asked| asked as usize);
    if asked > possible {
        warn!(asked, possible, "the limit of open files allows fewer connections; raise it with ulimit -n");
    }
    Ok(asked.min(possible))
}

/// A channel that closes at SIGINT, SIGTERM or SIGHUP; a second signal ends the process at once.
fn stop_signal() -> anyhow::Result<watch::Receiver<()>> {
    let mut signals = StopSignals::listen()?;
    let (stopping, stopped) = watch::channel(());
    tokio::spawn(async move {
        signals.next().await;
        info!("stopping; held requests are answered now");
        drop(stopping);
        let code = signals.next().await;
        warn!("second signal; stopping at once");
        stderr::exit(code);
    });
    Ok(stopped)
}
