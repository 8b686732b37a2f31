//! The real server as a process of ours: started, killed, started again on the same port and the same log.

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

use crate::http::{Ask, Http};

/// Ports below those from which the system takes a client's own: a client that reconnects while the server is away must
/// not take its place.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// Longer than any start that succeeds.
const START: Duration = Duration::from_secs(20);
/// Longer than a stop may take.
const STOP: Duration = Duration::from_secs(15);
/// Lines of the server's own log that are kept for whoever looks for a reason.
const LINES: usize = 400;

/// A server, running or not.
pub(crate) struct Server {
    program: PathBuf,
    database: PathBuf,
    environment: Vec<(String, String)>,
    flags: Vec<String>,
    pub(crate) address: SocketAddr,
    child: Option<Child>,
    said: Arc<Mutex<Vec<String>>>,
    errors: Arc<Mutex<Vec<String>>>,
}

/// A port of this machine that nobody listens on.
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
    /// A server on this database, with a port of its own; not started yet.
    pub(crate) fn new(program: &Path, database: &Path, rng: &mut Rng) -> Result<Self> {
        Ok(Self {
            program: program.to_owned(),
            database: database.to_owned(),
            environment: Vec::new(),
            flags: Vec::new(),
            address: free_address(rng)?,
            child: None,
            said: Arc::default(),
            errors: Arc::default(),
        })
    }

    /// Sets a variable for the next start.
    pub(crate) fn environment(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Gives it these flags at the next start.
    pub(crate) fn flags(mut self, flags: &[&str]) -> Self {
        self.flags.extend(flags.iter().map(|&flag| flag.to_owned()));
        self
    }

    /// Starts it, and waits until it says that it is open.
    pub(crate) async fn start(&mut self) -> Result<()> {
        let mut open = self.spawn()?;
        match timeout(START, &mut open).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(anyhow!("the server ended at its start:\n{}", self.last_words())),
            Err(_) => Err(anyhow!("the server did not open in time:\n{}", self.last_words())),
        }
    }

    /// Starts it without waiting; the receiver hears when it is open, or is closed when it ended before.
    pub(crate) fn spawn(&mut self) -> Result<tokio::sync::oneshot::Receiver<()>> {
        ensure!(self.child.is_none(), "the server runs already");
        let mut child = Command::new(&self.program)
            .arg("serve")
            .args(["--listen", &self.address.to_string()])
            .arg("--log")
            .arg(format!("sqlite:{}", self.database.display()))
            .args(&self.flags)
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
        let (said, errors) = (self.said.clone(), self.errors.clone());
        tokio::spawn(async move {
            let mut open = Some(open);
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if line.contains("the chat is open") {
                    // Nobody waits when the start was not waited for.
                    open.take().map(|open| open.send(()));
                }
                if line.contains(" ERROR ") {
                    errors.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
                }
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                if said.len() == LINES {
                    said.remove(0);
                }
                said.push(line);
            }
        });
        Ok(opened)
    }

    /// `kill -9`, and waits until it is gone.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await.context("cannot kill the server")?;
        }
        Ok(())
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        if let Some(id) = child.id() {
            signal(id, "TERM").await?;
        }
        timeout(STOP, child.wait()).await.context("the server did not stop in time")??;
        Ok(())
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// Lines of its own log that somebody has to act on, over all of its runs.
    pub(crate) fn errors(&self) -> Vec<String> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last lines of its own log.
    pub(crate) fn last_words(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said[said.len().saturating_sub(10)..].join("\n")
    }

    /// How its process ends, for a start that is to fail.
    pub(crate) async fn exit(&mut self) -> Result<std::process::ExitStatus> {
        let mut child = self.child.take().context("the server does not run")?;
        Ok(timeout(START, child.wait()).await.context("the server neither opened nor ended")??)
    }

    /// The whole log, read over the API.
    pub(crate) async fn read_log(&self) -> Result<Vec<Entry>> {
        let http = Http::new(self.address);
        let (mut log, mut after) = (Vec::new(), After::Start);
        loop {
            let path = format!("/api/v1/poll?room=*&after={after}&wait=0");
            let reply = http.ask(Ask::get(&path), START).await?;
            ensure!(reply.status == 200, "the log cannot be read: {}", reply.words());
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
    /// Which life of the log it serves.
    pub(crate) async fn read_epoch(&self) -> Result<Epoch> {
        let reply = Http::new(self.address).ask(Ask::get("/api/v1/poll?room=*&wait=0"), START).await?;
        ensure!(reply.status == 200, "the cursor cannot be read: {}", reply.words());
        let batch: Batch = serde_json::from_slice(&reply.body)?;
        Ok(batch.cursor.epoch)
    }

    /// A figure of `GET /metrics`.
    pub(crate) async fn read_metric(&self, name: &str) -> Result<f64> {
        let reply = Http::new(self.address).ask(Ask::get("/metrics"), START).await?;
        let text = String::from_utf8_lossy(&reply.body);
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(value.with_context(|| format!("there is no {name} in the metrics"))?.trim().parse()?)
    }

    /// A room's history, all pages of it, oldest first.
    pub(crate) async fn read_history(&self, room: &RoomName) -> Result<Vec<Message>> {
        let http = Http::new(self.address);
        let (mut messages, mut before) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/rooms/{}/messages?limit={HISTORY_MAX}{before}", room.as_str());
            let reply = http.ask(Ask::get(&path), START).await?;
            ensure!(reply.status == 200, "history cannot be read: {}", reply.words());
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

/// Sends a signal to a process of ours.
pub(crate) async fn signal(id: u32, name: &str) -> Result<()> {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(id.to_string()).status().await?;
    ensure!(sent.success(), "kill -{name} {id} failed");
    Ok(())
}
