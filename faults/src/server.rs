//! The real server as a child process: started, killed, restarted on the same port and the same log.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use fastrand::Rng;
use holdline_shared::limits::HISTORY_MAX;
use holdline_shared::{After, Batch, Entry, Epoch, History, Message, RoomName};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::door::Door;
use crate::http::{ApiRequest, HttpClient};

/// Ports below the range of ephemeral ports: a client that reconnects while the server is down must not get the
/// server's port.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// The time limit for a start.
const START: Duration = Duration::from_secs(20);
/// The time limit for a stop.
const STOP: Duration = Duration::from_secs(15);
/// Lines of the server's own log that are kept for error messages.
const LINES: usize = 400;

/// A server, running or not.
pub(crate) struct Server {
    program: PathBuf,
    database: PathBuf,
    environment: Vec<(String, String)>,
    flags: Vec<String>,
    pub(crate) address: SocketAddr,
    door: Arc<Door>,
    child: Option<Child>,
    output: Arc<Mutex<Vec<String>>>,
    errors: Arc<Mutex<Vec<String>>>,
}

/// Finds a free port of this machine.
pub(crate) fn free_address(rng: &mut Rng) -> Result<SocketAddr> {
    for _ in 0..100 {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, rng.u16(PORTS)));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no free port")
}

impl Server {
    /// Prepares a server on this database, with a port of its own, without starting it.
    pub(crate) fn new(program: &Path, database: &Path, door: Arc<Door>, rng: &mut Rng) -> Result<Self> {
        Ok(Self {
            program: program.to_owned(),
            database: database.to_owned(),
            environment: Vec::new(),
            flags: Vec::new(),
            address: free_address(rng)?,
            door,
            child: None,
            output: Arc::default(),
            errors: Arc::default(),
        })
    }

    /// Sets an environment variable for the next start.
    pub(crate) fn environment(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Adds flags for the next start.
    pub(crate) fn flags(mut self, flags: &[&str]) -> Self {
        self.flags.extend(flags.iter().map(|&flag| flag.to_owned()));
        self
    }

    /// Starts it, waits until it says that it is open, and closes its door.
    pub(crate) async fn start(&mut self) -> Result<()> {
        let mut open = self.spawn()?;
        match timeout(START, &mut open).await {
            Ok(Ok(())) => self.door.close(&self.program, &self.database, self.address).await,
            Ok(Err(_)) => Err(anyhow!("the server ended at its start:\n{}", self.last_output())),
            Err(_) => Err(anyhow!("the server did not open in time:\n{}", self.last_output())),
        }
    }

    /// Starts it without waiting; the receiver receives when it is open, or is closed when it ended before.
    pub(crate) fn spawn(&mut self) -> Result<tokio::sync::oneshot::Receiver<()>> {
        ensure!(self.child.is_none(), "the server runs already");
        let mut child = Command::new(&self.program)
            .arg("serve")
            .args(["--listen", &self.address.to_string()])
            .arg("--log")
            .arg(format!("sqlite:{}", self.database.display()))
            .args(&self.flags)
            // Its people publish and poll faster than people do.
            .env("HOLDLINE_LIMIT", "none")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let stderr = child.stderr.take().context("the server has no standard error")?;
        self.child = Some(child);
        let (open, opened) = tokio::sync::oneshot::channel();
        let (output, errors) = (self.output.clone(), self.errors.clone());
        tokio::spawn(async move {
            let mut open = Some(open);
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if line.contains("the chat is open") {
                    // Sending fails if the start was not awaited.
                    open.take().map(|open| open.send(()));
                }
                if line.contains(" ERROR ") {
                    errors.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
                }
                let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
                if output.len() == LINES {
                    output.remove(0);
                }
                output.push(line);
            }
        });
        Ok(opened)
    }

    /// A client that reads everything.
    pub(crate) fn client(&self) -> HttpClient {
        self.door.client(self.address)
    }

    /// Kills the server (`kill -9`) and waits until it has ended.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await.context("cannot kill the server")?;
        }
        Ok(())
    }

    /// Stops the server gracefully and waits until it has ended.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        if let Some(id) = child.id() {
            signal(id, "TERM").await?;
        }
        timeout(STOP, child.wait()).await.context("the server did not stop in time")??;
        Ok(())
    }

    /// The id of the server's process.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// The error lines of the server's log, over all of its runs.
    pub(crate) fn errors(&self) -> Vec<String> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last lines of the server's log.
    pub(crate) fn last_output(&self) -> String {
        let output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        output[output.len().saturating_sub(10)..].join("\n")
    }

    /// Waits for the exit status of a server whose start must fail.
    pub(crate) async fn exit(&mut self) -> Result<std::process::ExitStatus> {
        let mut child = self.child.take().context("the server does not run")?;
        Ok(timeout(START, child.wait()).await.context("the server neither opened nor ended")??)
    }

    /// Reads the whole log over the API.
    pub(crate) async fn read_log(&self) -> Result<Vec<Entry>> {
        let http = self.client();
        let (mut log, mut after) = (Vec::new(), After::Start);
        loop {
            let path = format!("/api/v1/poll?room=*&after={after}&wait=0");
            let reply = http.send(ApiRequest::get(&path), START).await?;
            ensure!(reply.status == 200, "the log cannot be read: {}", reply.describe());
            let batch: Batch = serde_json::from_slice(&reply.body)?;
            if batch.entries.is_empty() {
                return Ok(log);
            }
            log.extend(batch.entries);
            after = After::At(batch.cursor);
        }
    }
}

impl Server {
    /// Reads the epoch of the log.
    pub(crate) async fn read_epoch(&self) -> Result<Epoch> {
        let reply = self.client().send(ApiRequest::get("/api/v1/poll?room=*&wait=0"), START).await?;
        ensure!(reply.status == 200, "the cursor cannot be read: {}", reply.describe());
        let batch: Batch = serde_json::from_slice(&reply.body)?;
        Ok(batch.cursor.epoch)
    }

    /// Reads a value from `GET /metrics`.
    pub(crate) async fn read_metric(&self, name: &str) -> Result<f64> {
        let reply = self.client().send(ApiRequest::get("/metrics"), START).await?;
        let text = String::from_utf8_lossy(&reply.body);
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(value.with_context(|| format!("there is no {name} in the metrics"))?.trim().parse()?)
    }

    /// Reads all pages of a room's history, oldest first.
    pub(crate) async fn read_history(&self, room: &RoomName) -> Result<Vec<Message>> {
        let http = self.client();
        let (mut messages, mut before) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/rooms/{}/messages?limit={HISTORY_MAX}{before}", room.as_str());
            let reply = http.send(ApiRequest::get(&path), START).await?;
            ensure!(reply.status == 200, "history cannot be read: {}", reply.describe());
            let mut page: History = serde_json::from_slice(&reply.body)?;
            page.messages.append(&mut messages);
            messages = page.messages;
            match messages.first() {
                Some(first) if page.more => before = format!("&before={}", first.seq),
                _ => return Ok(messages),
            }
        }
    }
}

/// Sends a signal to a child process.
pub(crate) async fn signal(id: u32, name: &str) -> Result<()> {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(id.to_string()).status().await?;
    ensure!(sent.success(), "kill -{name} {id} failed");
    Ok(())
}
